import { Command } from 'commander';
import { auditExportCommand } from './audit-export.ts';
import { auditListCommand } from './audit-list.ts';
import { auditVerifyCommand } from './audit-verify.ts';

/** `serverctl audit …`: who did what, and whether that is still what was written (R41). */
export function auditCommand(): Command {
  return new Command('audit')
    .description('The audit log: who did what, and whether it is as it was written')
    .addCommand(auditListCommand())
    .addCommand(auditExportCommand())
    .addCommand(auditVerifyCommand());
}
