/** From the flags of `load` to a plan; everything that can be wrong is found here, before the first request. */
import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Sla } from '../../schemas/1.0/types/sla.js';
import { KitError } from '../kit-error.js';
import { defaultSla } from '../load/sla.js';
import type { LoadPlan } from '../load/types.js';
import { toPrintable } from '../report/printable.js';
import { faultCode } from './exit-codes.js';
import { readHeader } from './header-option.js';
import { readJsonFile } from './json-file.js';
import type { LoadFlags, PresetName } from './load.js';
import { referenceTarget } from './run-options.js';
import { checkUrl } from './target-option.js';

type Environment = Readonly<Record<string, string | undefined>>;
type Preset = Required<Pick<LoadFlags, 'streams' | 'ramp' | 'network' | 'cutRate'>> &
  Pick<LoadFlags, 'duration' | 'events'>;

/** Tests 5 and 6 of the resilience test report; without cuts no reconnection could be measured. */
const presets: Readonly<Record<PresetName, Preset>> = {
  concurrent: { streams: 100, ramp: 5000, events: 50, network: [{ network: '4g', percent: 100 }], cutRate: 0.1 },
  sustained: {
    streams: 1000,
    ramp: 30_000,
    duration: 30 * 60_000,
    network: [
      { network: '3g', percent: 20 },
      { network: '4g', percent: 80 },
    ],
    cutRate: 0.1,
  },
};

/** Without options: a small load that shows the figures. */
const usual: Preset = { streams: 100, ramp: 5000, network: [], cutRate: 0 };

/** As patient as clients usually are. */
const ANSWER_MS = 10_000;
/** The timeline has about this many steps at most. */
const STEPS = 600;
const SHORTEST_STEP_MS = 1000;
/** Fewer streams than this are not worth another thread. */
const STREAMS_A_THREAD = 250;
const SLA_BYTES = 1024 * 1024;

/** The plan, but for the URL of a reference server that is still to be started. Throws `KitError` (`usage`). */
export function readLoadPlan(flags: LoadFlags, environment: Environment): LoadPlan {
  const preset = flags.preset === undefined ? usual : presets[flags.preset];
  const streams = flags.streams ?? preset.streams;
  const durationMs = flags.duration ?? preset.duration ?? null;
  const rampMs = flags.ramp ?? Math.min(preset.ramp, durationMs ?? preset.ramp);
  if (durationMs !== null && rampMs > durationMs) {
    throw new KitError('usage', '--ramp: expected at most the time of --duration, got more');
  }
  return {
    target: readTarget(flags),
    headers: flags.header.map((given): [string, string] => [...readHeader(given, environment)]),
    ...(flags.ca === undefined ? {} : { ca: readCertificates(flags.ca) }),
    ...(flags.insecure ? { insecure: true } : {}),
    streams,
    firstStream: 0,
    stride: 1,
    allStreams: streams,
    rampMs,
    durationMs,
    events: flags.events ?? preset.events ?? null,
    network: [...(flags.network ?? preset.network)],
    cutRate: flags.cutRate ?? preset.cutRate,
    slowReaders: flags.slowReaders ?? 0,
    seed: flags.seed ?? randomInt(0x100000000),
    runId: randomBytes(16).toString('hex'),
    answerTimeoutMs: flags.answerTimeout ?? ANSWER_MS,
    bucketMs: Math.max(SHORTEST_STEP_MS, Math.ceil((durationMs ?? 0) / STEPS)),
  };
}

export function readThreads({ threads }: LoadFlags, { streams }: LoadPlan): number {
  return threads ?? Math.max(1, Math.min(availableParallelism(), Math.ceil(streams / STREAMS_A_THREAD)));
}

/** S2's objectives where no file is given. Throws `KitError` (`usage`). */
export function readSla(file: string | undefined): Sla {
  if (file === undefined) return defaultSla;
  return readJsonFile(file, {
    schema: 'sla',
    command: 'load --sla',
    what: 'objectives',
    hint: 'see docs/guides/load-test.md',
    bytesAtMost: SLA_BYTES,
  });
}

function readTarget({ target, fast }: LoadFlags): string {
  if (target === undefined) {
    throw new KitError(
      'usage',
      'no target: give the URL of an event stream with --target URL, or --target reference to try the kit out',
    );
  }
  if (target === referenceTarget) return target;
  if (fast) throw new KitError('usage', '--fast is about the reference server: expected --target reference with it');
  return checkUrl('--target', target);
}

function readCertificates(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new KitError('usage', `--ca: cannot read the file "${toPrintable(file)}" (${faultCode(cause)})`, { cause });
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new KitError('usage', `--ca: expected PEM with "BEGIN CERTIFICATE" in "${toPrintable(file)}"`);
  }
  return text;
}
