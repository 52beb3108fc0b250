/** Readers of the numbers of `conformance load` for commander: durations, shares, networks. */
import { InvalidArgumentError } from 'commander';
import type { NetworkShare } from '../load/types.js';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `500ms`, `10s`, `1.5m` or `2h`; a bare number means seconds. */
export function readDuration(value: string): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value) ?? [];
  const ms = number === '' ? Number.NaN : Math.round(Number(number) * (units[unit] ?? 1));
  if (!Number.isSafeInteger(ms) || ms > 604_800_000) {
    throw new InvalidArgumentError('Expected a time such as 500ms, 10s, 30m or 2h, of at most a week.');
  }
  return ms;
}

/** `readDuration`, but not 0. */
export function readSpan(value: string): number {
  const ms = readDuration(value);
  if (ms === 0) throw new InvalidArgumentError('Expected a time above 0, such as 10s.');
  return ms;
}

/** A share from 0 to 1, given as `10%` or `10`. */
export function readPercent(value: string): number {
  const [, number = ''] = /^(\d{1,3}(?:\.\d+)?)%?$/.exec(value) ?? [];
  if (number === '' || Number(number) > 100) throw new InvalidArgumentError('Expected a share from 0% to 100%.');
  return Number(number) / 100;
}

/** A whole number from 1 on. */
export function readCount(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value) || Number(value) > 1_000_000) {
    throw new InvalidArgumentError('Expected a whole number from 1 to 1000000.');
  }
  return Number(value);
}

/** Of a process. */
export function readPid(value: string): number {
  if (!/^[1-9]\d{0,9}$/.test(value)) throw new InvalidArgumentError('Expected the number of a process, such as 4711.');
  return Number(value);
}

export function readSeed(value: string): number {
  if (!/^\d{1,10}$/.test(value) || Number(value) > 0xffffffff) {
    throw new InvalidArgumentError('Expected a whole number from 0 to 4294967295.');
  }
  return Number(value);
}

const names: readonly NetworkShare['network'][] = ['3g', '4g', 'wifi'];

/** `3g:20,4g:80`, in percent of the streams; a name alone stands for all of them, `none` for no slower network. */
export function readNetworks(value: string): NetworkShare[] {
  if (value === 'none') return [];
  const shares = value.split(',').map((part): NetworkShare => {
    const [given = '', percent = '100', ...rest] = part.trim().toLowerCase().split(':');
    const network = names.find((name) => name === given);
    if (network === undefined || rest.length > 0 || !/^\d{1,3}(\.\d+)?$/.test(percent)) {
      throw new InvalidArgumentError(`Expected networks and percents such as 3g:20,4g:80, of ${names.join(', ')}.`);
    }
    return { network, percent: Number(percent) };
  });
  const sum = shares.reduce((total, { percent }) => total + percent, 0);
  if (sum > 100) throw new InvalidArgumentError(`Expected at most 100 percent in all, got ${sum}.`);
  return shares;
}
