/** What the checks of a load run take from an event's data, which is a stranger's: foreign members count as absent. */
import { secondsOfMember } from '../evidence/declared.js';

/** Undefined where the data is no JSON object. */
export function parseObject(data: string): object | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function textOf(value: object | undefined, name: string): string | undefined {
  const member: unknown = value === undefined ? undefined : Reflect.get(value, name);
  return typeof member === 'string' ? member : undefined;
}

export function numberOf(value: object | undefined, name: string): number | undefined {
  const member: unknown = value === undefined ? undefined : Reflect.get(value, name);
  return typeof member === 'number' ? member : undefined;
}

/** A parameter of the protocol, in seconds; undefined where it is out of range. */
export function secondsOf(value: object | undefined, name: string): number | undefined {
  return secondsOfMember(value === undefined ? undefined : Reflect.get(value, name));
}

const ID = /^[1-9][0-9]{0,15}$/;

/** The number of an id as ID-001 has it; undefined for any other text. */
export function readId(text: string): number | undefined {
  const id = ID.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : undefined;
}

/** FNV-1a over the UTF-16 units: equal texts are told from different ones, forgers are not the question here. */
export function digestOf(type: string, id: number, data: string): number {
  let digest = mix(0x811c9dc5, type);
  digest = Math.imul(digest ^ id, 0x01000193);
  return mix(digest, data) >>> 0;
}

function mix(start: number, text: string): number {
  let digest = start;
  for (let at = 0; at < text.length; at += 1) digest = Math.imul(digest ^ text.charCodeAt(at), 0x01000193);
  return digest;
}
