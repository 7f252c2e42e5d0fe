import { testDatabase } from '../db/testing.ts';
import { describeLiveness } from './liveness-suite.ts';
import { createLiveness } from './reader.ts';
import { livenessStorage } from './storage.ts';

describeLiveness('PostgreSQL', async () => {
  const database = await testDatabase();
  const { beats, onFlushAsked } = livenessStorage(database.kysely, database.listen);
  return {
    beats,
    liveness: createLiveness(database.kysely, database.listen, null),
    onFlushAsked,
    settle: () => database.settled(),
    close: () => database.close(),
  };
});
