/** Plays the steps of one stream answer on one connection. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cutBytes, WireWriter } from '../../wire/writer.js';
import type { Answer, Chunking, Cue, PlayedEvent, Step } from '../scenarios/scenario.js';
import type { StagedConnection } from './connection.js';
import type { StreamState } from './stream-state.js';

export type StreamAnswer = Extract<Answer, { kind: 'stream' }>;

export interface Performance {
  readonly connection: StagedConnection;
  readonly state: StreamState;
  /** Of the request; 0 where it named none. */
  readonly cursor: number;
  /** Aborted when the scenario is over. */
  readonly signal: AbortSignal;
  cue(cue: Cue): Promise<void>;
}

/** Between a CR and its LF, and within a character. */
const SPLIT_MS = 5;

const CR = 0x0d;
const LF = 0x0a;

/** Resolves when all steps are played, or the client has gone before the script ended the connection. */
export async function playSteps({ steps, writing = {} }: StreamAnswer, performance: Performance): Promise<void> {
  const player = new StepPlayer(performance, new WireWriter(writing), writing.chunking ?? 'whole');
  let endedByScript = false;
  for (const step of steps) {
    if (performance.signal.aborted || (performance.connection.isOver && !endedByScript)) {
      return;
    }
    await player.play(step);
    endedByScript ||= step.do === 'end';
  }
}

class StepPlayer {
  readonly #performance: Performance;
  readonly #writer: WireWriter;
  readonly #chunking: Chunking;
  #cursor: number;
  #heartbeats = 0;

  constructor(performance: Performance, writer: WireWriter, chunking: Chunking) {
    this.#performance = performance;
    this.#writer = writer;
    this.#chunking = chunking;
    this.#cursor = performance.cursor;
  }

  async play(step: Step): Promise<void> {
    const { connection, state } = this.#performance;
    switch (step.do) {
      case 'play':
        return this.#playEvents(step);
      case 'send': {
        const bytes = typeof step.bytes === 'string' ? state.fill(step.bytes) : step.bytes;
        return this.#write(this.#writer.raw(bytes), step.chunking ?? 'whole');
      }
      case 'heartbeat':
        return this.#heartbeat(step);
      case 'heartbeats':
        return this.#heartbeatsFor(step.forMs, step.instead);
      case 'wait':
        return this.#wait(step.ms, connection.isOver);
      case 'stall':
        await this.#wait(step.atMostMs, false);
        return connection.end('eof');
      case 'cue':
        return this.#performance.cue(step.cue);
      case 'end':
        return connection.end(step.how);
    }
  }

  async #playEvents(step: Extract<Step, { do: 'play' }>): Promise<void> {
    const after = step.fromId === undefined ? (step.ignoreCursor === true ? 0 : this.#cursor) : step.fromId - 1;
    for (const event of this.#performance.state.eventsBetween(after, step.upToId, step.skipIds)) {
      await this.#event(event);
      if (step.everyMs !== undefined) {
        await this.#wait(step.everyMs, false);
      }
    }
    this.#cursor = Math.max(this.#cursor, step.upToId);
  }

  #event(event: PlayedEvent): Promise<void> {
    return this.#write(this.#writer.event(this.#performance.state.sending(event)), this.#chunking);
  }

  #heartbeat({
    declare,
    bare,
  }: {
    declare?: Extract<Step, { do: 'heartbeat' }>['declare'];
    bare?: boolean;
  }): Promise<void> {
    const { state } = this.#performance;
    this.#heartbeats += 1;
    const parameters = bare === true ? undefined : { ...state.scenario.parameters, ...declare };
    const data = state.heartbeat(this.#heartbeats, parameters);
    return this.#write(this.#writer.event({ event: 'heartbeat', data }), this.#chunking);
  }

  /** At a fixed rate: one that is late does not move those after it. */
  async #heartbeatsFor(forMs: number, instead: PlayedEvent | undefined): Promise<void> {
    const { connection, state } = this.#performance;
    const intervalMs = state.scenario.parameters.heartbeatInterval * 1000;
    const startedAtMs = performance.now();
    for (let dueMs = intervalMs; dueMs <= forMs && !connection.isOver; dueMs += intervalMs) {
      await this.#wait(startedAtMs + dueMs - performance.now(), false);
      await (instead === undefined ? this.#heartbeat({}) : this.#event(instead));
    }
  }

  async #write(bytes: Uint8Array, chunking: Chunking): Promise<void> {
    const pieces = chunking === 'between-cr-and-lf' ? cutBetweenCrAndLf(bytes) : cutBytes(bytes, chunking);
    for (const [index, piece] of pieces.entries()) {
      await this.#performance.connection.write(piece);
      if (isSplit(piece, pieces[index + 1])) {
        // Else one read of the client takes both.
        await this.#wait(SPLIT_MS, false);
      }
    }
  }

  /** Ends early with the scenario, and with the connection unless that is over already. */
  async #wait(ms: number, evenWhenOver: boolean): Promise<void> {
    const { connection, signal } = this.#performance;
    const done = new AbortController();
    const pause = sleep(Math.max(0, ms), undefined, { signal: AbortSignal.any([signal, done.signal]) });
    await Promise.race([pause.catch(() => undefined), ...(evenWhenOver ? [] : [connection.closed])]);
    done.abort();
  }
}

/** True where two pieces part a CR from its LF, or the bytes of one character. */
function isSplit(piece: Uint8Array, next: Uint8Array | undefined): boolean {
  const first = next?.[0] ?? 0;
  return (piece.at(-1) === CR && first === LF) || (first & 0xc0) === 0x80;
}

function cutBetweenCrAndLf(bytes: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let index = 1; index < bytes.length; index += 1) {
    if (bytes[index - 1] === CR && bytes[index] === LF) {
      pieces.push(bytes.subarray(start, index));
      start = index;
    }
  }
  return [...pieces, bytes.subarray(start)];
}
