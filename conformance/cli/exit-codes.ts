/** What the program's exit code says, and how a fault becomes one line for people. */
import { KitError, type KitErrorCode } from '../kit-error.js';

export const exitCodes = {
  conforms: 0,
  doesNotConform: 1,
  usage: 2,
  kitError: 3,
  unreachable: 4,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

const codeOf: Readonly<Record<KitErrorCode, number>> = {
  usage: exitCodes.usage,
  unreachable: exitCodes.unreachable,
  kit: exitCodes.kitError,
};

/** Whatever was thrown, as an exit code and one line; the stack only for those who ask for it. */
export function explainFault(fault: unknown, debug: boolean): { code: number; text: string } {
  const code = fault instanceof KitError ? codeOf[fault.code] : exitCodes.kitError;
  const line = `conformance: ${oneLine(messageOf(fault))}`;
  const stack = debug && fault instanceof Error ? `\n${fault.stack ?? ''}${causeOf(fault)}` : '';
  return { code, text: line + stack };
}

function messageOf(fault: unknown): string {
  if (fault instanceof KitError) return fault.message;
  const said = fault instanceof Error ? fault.message : String(fault);
  return `a fault of the kit itself: ${said}. Set DEBUG=conformance to see where, and report it`;
}

function causeOf(fault: Error): string {
  return fault.cause instanceof Error ? `\ncaused by ${fault.cause.stack ?? fault.cause.message}` : '';
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ').trim();
}

/** The system's name of a fault, such as `EACCES`. */
export function faultCode(fault: unknown): string {
  return fault instanceof Error && 'code' in fault ? String(fault.code) : messageOf(fault);
}
