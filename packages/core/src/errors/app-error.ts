import { type ErrorCode, errorCatalogue } from './catalogue.ts';
import { requestWords } from './request-words.ts';

/** Values that are safe to show to any signed-in person: never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** A failure from the one catalogue. `message` is the catalogue's summary; of an invalid request, which field it is and what is wrong with it. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    super(messageOf(code, details), cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  get category() {
    return errorCatalogue[this.code].category;
  }

  get remedy(): string {
    return errorCatalogue[this.code].remedy;
  }
}

function messageOf(code: ErrorCode, details: ErrorDetails): string {
  const { summary } = errorCatalogue[code];
  return code === 'request_invalid' ? (requestWords(details) ?? summary) : summary;
}

/** Whether a caught value is a failure from the catalogue, and the one with this code where one is named. */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
