/** Reads `--report format[=file]`, checks before the run that each can be written, and writes them after it. */
import { accessSync, closeSync, constants, mkdirSync, openSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { KitError } from '../kit-error.js';
import { type FormatName, formatNames } from '../report/formats.js';
import { faultCode } from './exit-codes.js';

export interface ReportTarget<Name extends string = FormatName> {
  readonly format: Name;
  /** Absolute path; undefined for standard output. */
  readonly file: string | undefined;
}

/** What to write where; the terminal report is added where nothing else takes standard output. Throws `KitError`. */
export function readReportTargets(given: readonly string[]): ReportTarget[];
export function readReportTargets<Name extends string>(
  given: readonly string[],
  known: readonly Name[],
): ReportTarget<Name | 'terminal'>[];
export function readReportTargets(
  given: readonly string[],
  known: readonly string[] = formatNames,
): ReportTarget<string>[] {
  const targets = given.map((text) => readReportTarget(text, known));
  const onStandardOutput = targets.filter(({ file }) => file === undefined);
  if (onStandardOutput.length > 1) {
    const names = onStandardOutput.map(({ format }) => format).join(' and ');
    throw new KitError(
      'usage',
      `--report: ${names} would mix on standard output; write one of them to a file: json=FILE`,
    );
  }
  const files = targets.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new KitError('usage', `--report: two reports cannot go to one file, ${twice}`);
  return onStandardOutput.length === 0 ? [{ format: 'terminal', file: undefined }, ...targets] : targets;
}

function readReportTarget(text: string, known: readonly string[]): ReportTarget<string> {
  const equals = text.indexOf('=');
  const format = equals < 0 ? text : text.slice(0, equals);
  if (!known.includes(format)) {
    throw new KitError(
      'usage',
      `--report: expected one of ${known.join(', ')}, with =FILE or without, got "${format}"`,
    );
  }
  const file = equals < 0 ? undefined : text.slice(equals + 1);
  if (file === '') throw new KitError('usage', `--report: expected a file after "${format}=", got none`);
  return { format, file: file === undefined ? undefined : resolve(file) };
}

/** Throws `KitError` (`usage`) where a file cannot be written; leaves no file behind that was not there before. */
export function checkWritable(
  targets: readonly { readonly file: string | undefined; readonly format?: string }[],
  option = '--report',
): void {
  for (const { file } of targets) {
    if (file !== undefined) tryToWrite(file, option);
  }
}

function tryToWrite(file: string, option: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const before = statSync(file, { throwIfNoEntry: false });
    if (before === undefined) {
      closeSync(openSync(file, 'wx'));
      unlinkSync(file);
    } else if (before.isDirectory()) {
      throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    } else {
      accessSync(file, constants.W_OK);
    }
  } catch (cause) {
    throw new KitError(
      'usage',
      `${option}: cannot write ${file} (${faultCode(cause)}); name a file that can be written`,
      {
        cause,
      },
    );
  }
}

export function writeReportFile(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new KitError('kit', `cannot write ${file} (${faultCode(cause)}), although it could before the run`, {
      cause,
    });
  }
}
