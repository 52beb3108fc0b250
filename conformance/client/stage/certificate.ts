/** A certificate for the scripted server, made anew for each run: no key is ever stored. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM; its own authority, for localhost, 127.0.0.1 and ::1. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

const VALID_MS = 2 * 24 * 3600 * 1000;
/** A client's clock may be behind. */
const SKEW_MS = 3600 * 1000;

/** Tags of ASN.1, as DER writes them (ITU-T X.690). */
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BITS = 0x03;
const OCTETS = 0x04;
const OBJECT = 0x06;
const UTF8 = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** Of a subject's alternative names. */
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** RFC 5280; ECDSA on P-256 with SHA-256. */
export function makeCertificate(nowMs = Date.now()): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subjectKey = publicKey.export({ type: 'spki', format: 'der' });
  const algorithm = sequence(object('2a8648ce3d040302'));
  const name = sequence(der(SET, sequence(object('550403'), der(UTF8, Buffer.from('localhost')))));
  const signed = sequence(
    der(VERSION, integer(Buffer.of(2))),
    // Positive, and of at most 20 bytes.
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(nowMs - SKEW_MS), time(nowMs + VALID_MS)),
    name,
    subjectKey,
    der(
      EXTENSIONS,
      sequence(
        extension('551d13', true, sequence(der(BOOLEAN, Buffer.of(0xff)))),
        // To sign with, and to sign certificates: it is its own authority.
        extension('551d0f', true, der(BITS, Buffer.of(2, 0b1000_0100))),
        extension('551d0e', false, der(OCTETS, createHash('sha1').update(subjectKey).digest())),
        extension('551d25', false, sequence(object('2b06010505070301'))),
        extension(
          '551d11',
          false,
          sequence(
            der(DNS_NAME, Buffer.from('localhost')),
            der(IP_ADDRESS, Buffer.of(127, 0, 0, 1)),
            der(IP_ADDRESS, Buffer.concat([Buffer.alloc(15), Buffer.of(1)])),
          ),
        ),
      ),
    ),
  );
  const signature = sign('sha256', signed, privateKey);
  const whole = sequence(signed, algorithm, der(BITS, Buffer.of(0), signature));
  return { cert: pem(whole), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(SEQUENCE, ...parts);
}

function integer(bytes: Buffer): Buffer {
  return der(INTEGER, bytes);
}

/** @param hex The identifier as its bytes are written. */
function object(hex: string): Buffer {
  return der(OBJECT, Buffer.from(hex, 'hex'));
}

/** Before 2050 in two digits of the year, from then on in four (RFC 5280, 4.1.2.5). */
function time(atMs: number): Buffer {
  const date = new Date(atMs);
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050
    ? der(UTC_TIME, Buffer.from(digits.slice(2)))
    : der(GENERALIZED_TIME, Buffer.from(digits));
}

function extension(hex: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [der(BOOLEAN, Buffer.of(0xff))] : [];
  return sequence(object(hex), ...critical, der(OCTETS, value));
}
