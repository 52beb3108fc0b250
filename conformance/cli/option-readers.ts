/** Readers of single option values for commander, which puts their complaint after the name of the option. */
import { InvalidArgumentError } from 'commander';

/** Collects a repeatable option. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** Seconds, with decimals where wanted. */
export function readSeconds(value: string): number {
  const seconds = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || seconds < 0.1 || seconds > 86_400) {
    throw new InvalidArgumentError('Expected seconds from 0.1 to 86400, such as 90.');
  }
  return seconds;
}

export function readMilliseconds(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError('Expected whole milliseconds, such as 50.');
  return Number(value);
}

export function readConcurrency(value: string): number {
  if (!/^\d{1,3}$/.test(value) || Number(value) < 1 || Number(value) > 256) {
    throw new InvalidArgumentError('Expected a whole number from 1 to 256.');
  }
  return Number(value);
}

/** A TCP port; 0 takes a free one. */
export function readPort(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    throw new InvalidArgumentError('Expected a port from 0 to 65535, where 0 takes a free one.');
  }
  return Number(value);
}

/** Names that may be typed in any case, such as levels. */
export function oneOf<T extends string>(names: readonly T[]): (value: string) => T {
  return (value) => {
    const found = names.find((name) => name.toLowerCase() === value.toLowerCase());
    if (found === undefined) throw new InvalidArgumentError(`Expected one of ${names.join(', ')}.`);
    return found;
  };
}

/** The address of a site, ending in `/`. */
export function readSiteUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('Expected an http or https URL, such as https://sse.example/.');
  }
  url.hash = '';
  url.search = '';
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}
