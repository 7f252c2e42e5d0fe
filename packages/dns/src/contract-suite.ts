import { afterAll, beforeAll, describe } from 'vitest';
import { describeAccess } from './contract/access-suite.ts';
import { describeFamilies } from './contract/families-suite.ts';
import { describeRaces } from './contract/races-suite.ts';
import { allCapabilities, type Capabilities, type ContractSubject } from './contract/subject.ts';
import { describeWrites } from './contract/writes-suite.ts';
import { describeZoneCalls } from './contract/zone-calls-suite.ts';

export {
  allCapabilities,
  type Capabilities,
  type ContractSubject,
  type CredentialKind,
  type ListTrouble,
  type PathKind,
  type PutType,
} from './contract/subject.ts';

/**
 * The executable meaning of `DnsProvider`: every provider passes it. `setup` opens one subject for all cases, each of which uses a name of
 * its own. Capabilities are all on unless named; what is off is not registered, so that a skipped test always means a missing program.
 */
export function describeDnsProvider(
  name: string,
  setup: () => Promise<ContractSubject>,
  capabilities: Partial<Capabilities> = {},
): void {
  describe(`DnsProvider: ${name}`, () => {
    const able = { ...allCapabilities, ...capabilities };
    let opened: ContractSubject | null = null;
    const subject = (): ContractSubject => {
      if (opened === null) throw new Error('the subject is not open');
      return opened;
    };
    beforeAll(async () => {
      opened = await setup();
    });
    afterAll(() => opened?.stop());
    describeWrites(subject, able);
    describeFamilies(subject, able);
    describeRaces(subject, able);
    describeAccess(subject, able);
    if (able.zoneCalls) describeZoneCalls(subject, able);
  });
}
