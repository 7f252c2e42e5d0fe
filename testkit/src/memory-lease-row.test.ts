import { describeLeaseRow } from '../../apps/server/src/worker/lease-row-suite.ts';
import { memoryLeaseRow } from './memory-lease-row.ts';

describeLeaseRow('memory', async () => ({ row: memoryLeaseRow(), close: async () => undefined }));
