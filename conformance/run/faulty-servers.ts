/** What the process with the faulty servers says on its first line. */
import type { Header } from '../evidence/types.js';
import { KitError } from '../kit-error.js';
import type { OccasionName } from '../server/scenarios/scenario.js';

export interface ServerAddress {
  readonly url: string;
  readonly occasions: Readonly<Partial<Record<OccasionName, string>>>;
}

/** Where a server is and what it takes to talk to it. */
export interface Target extends ServerAddress {
  readonly headers?: readonly Header[];
  /** Credentials of a second principal. */
  readonly otherHeaders?: readonly Header[];
  /** A POST there shuts it down. */
  readonly shutdown?: string;
  /** It speaks HTTP/2 alone. */
  readonly http2?: boolean;
}

/** A server unlike the reference that breaks nothing. */
export interface SoundServer extends Target {
  readonly name: string;
  readonly why: string;
}

/** A conforming server but for one requirement. */
export interface FaultyTwin extends SoundServer {
  /** The requirement that it breaks. */
  readonly breaks: string;
  /** Requirements that cannot be kept once that one is broken. */
  readonly alsoBreaks: readonly string[];
}

/** A target that does nothing of what the protocol is about. */
export interface NullTarget {
  readonly name: string;
  readonly url: string;
  /** Requirements about something that it does all the same, such as the media type of an empty stream. */
  readonly mayPass: readonly string[];
}

export interface FaultyServers {
  readonly twins: readonly FaultyTwin[];
  readonly sound?: readonly SoundServer[];
  readonly nulls: readonly NullTarget[];
}

/** Throws `KitError` (`kit`) for anything that is no such announcement. */
export function readFaultyServers(announcement: unknown): FaultyServers {
  if (!isRecord(announcement) || !Array.isArray(announcement.twins) || !Array.isArray(announcement.nulls)) {
    throw unexpected('an object with "twins" and "nulls"');
  }
  const { twins, nulls, sound } = announcement;
  return {
    twins: twins.map(readTwin),
    nulls: nulls.map(readNull),
    ...(Array.isArray(sound) ? { sound: sound.map(readSound) } : {}),
  };
}

function readTwin(value: unknown): FaultyTwin {
  if (!isRecord(value) || !isText(value.breaks) || !isTexts(value.alsoBreaks)) {
    throw unexpected('"breaks" and "alsoBreaks" of each twin');
  }
  const { breaks, alsoBreaks } = value;
  return { ...readSound(value), breaks, alsoBreaks };
}

function readSound(value: unknown): SoundServer {
  if (!isRecord(value) || !isText(value.name) || !isText(value.url)) {
    throw unexpected('"name" and "url" of each server');
  }
  const { name, why, url, occasions, headers, otherHeaders, shutdown, http2 } = value;
  return {
    name,
    why: isText(why) ? why : '',
    url,
    occasions: textsOf(occasions),
    ...(headers === undefined ? {} : { headers: Object.entries(textsOf(headers)) }),
    ...(otherHeaders === undefined ? {} : { otherHeaders: Object.entries(textsOf(otherHeaders)) }),
    ...(isText(shutdown) ? { shutdown } : {}),
    ...(http2 === true ? { http2 } : {}),
  };
}

function readNull(value: unknown): NullTarget {
  if (!isRecord(value) || !isText(value.name) || !isText(value.url)) {
    throw unexpected('"name" and "url" of each null target');
  }
  const { name, url, mayPass } = value;
  return { name, url, mayPass: isTexts(mayPass) ? mayPass : [] };
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return isRecord(value) ? Object.fromEntries(Object.entries(value).filter(isTextEntry)) : {};
}

function isTextEntry(entry: readonly [string, unknown]): entry is [string, string] {
  return isText(entry[1]);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function unexpected(what: string): KitError {
  return new KitError('kit', `expected ${what} from the faulty servers, got something else; the build may be stale`);
}
