import { describeLeaseRow } from '../../apps/server/src/worker/lease-row-suite.ts';
import { memoryLeaseRow } from './memory-lease-row.ts';

describeLeaseRow('memory', async () => ({ row: memoryLeaseRow(() => 0), close: async () => undefined }));
