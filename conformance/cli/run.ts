/** `conformance run`: grades a server by its URL, or a client by the way in which it is started. */
import { type Command, Option } from 'commander';
import { formatNames } from '../report/formats.js';
import type { ClientFlags } from './client-options.js';
import { declareConnectOptions } from './connect-options.js';
import { collect, oneOf, readConcurrency, readPort, readSeconds, readSiteUrl } from './option-readers.js';
import type { Finish } from './program.js';
import type { RunFlags } from './run-options.js';
import { readShard } from './shard-option.js';

const examples = `
Examples:
  conformance run --target reference --fast
  conformance run --target http://127.0.0.1:8080/stream/search?query=tides
  conformance run --target 'https://host/chat/{stream_id}' --header 'Authorization: Bearer $TOKEN'
  conformance run --target https://host/stream --level Core --report json=report.json
  conformance run --target https://host/stream --only HEARTBEAT,REPLAY-004 --verbose
  conformance run --target https://host/stream --occasion error=https://host/stream?fail=1
  conformance run --client 'python3 client.py'
  conformance run --browser page.html --transcripts seen

The URL is one that starts a stream when it is asked for with a new stream_id. {stream_id} in it is
filled in; without it stream_id is appended as a query parameter. Occasions are URLs for what the
target's own URL never shows: cap (lasts until the cap), error (ends in an error), evicted (forgets
its first events), long (more than 100 events), flood (more than a slow reader's buffer), create
(answers POST), conflict (other parameters), limit (refuses with 429), injection.

A client reads the stream whose URL is in SSE_URL, and may print a JSON object a line for what it
tells its user: docs/guides/certify-a-client.md.`;

const levels = ['Core', 'Live', 'Resume'] as const;

const connectionsAtOnce = 8;
const clientsAtOnce = 12;
/** A page is a heavy process: more of them would keep each other from their times. */
const pagesAtOnce = 4;

export function declare(command: Command, finish: Finish): void {
  command
    .option('-t, --target <url>', 'URL of an event stream, or "reference" for the reference server')
    .option('--client <command>', 'grade a client: a command that reads SSE_URL, or "reference"; {url} is filled in')
    .option('--browser <page>', 'grade a client: an HTML file or URL, opened in headless Chromium')
    .option('--contract-service <url>', 'grade a client: a running test service for sse-contract-tests')
    .option('--wire-only', 'grade clients that somebody else points at the URLs that are printed', false)
    .option('--real-time', "with a client: the protocol's own times instead of scaled ones", false)
    .option('--port <port>', 'with a client: where the scripted server listens (default: a free one)', readPort)
    .option('--tls', 'with a client: https URLs; the certificate to trust is in the file SSE_CA_FILE names', false)
    .addOption(
      new Option('--level <level>', 'the level asked for: Core, Live or Resume')
        .choices(levels)
        .default('Resume')
        .argParser(oneOf(levels)),
    )
    .option('--only <ids>', 'judge these ids or areas alone, such as REPLAY-004,HEARTBEAT (repeatable)', collect, [])
    .option('--strict', 'a broken SHOULD counts as a failure', false)
    .option('--header <header>', "'Name: value' on every request; value may be @file or $ENV (repeatable)", collect, [])
    .option(
      '--other-header <header>',
      'the same for a second user, who must not see the first (repeatable)',
      collect,
      [],
    )
    .option('--occasion <name=url>', 'URL for what the target does not show by itself (repeatable)', collect, [])
    .option('--on-demand <name=command>', 'command that makes the target do it: shutdown (repeatable)', collect, [])
    .option('--accept-unobserved <ids>', 'ids or areas that may stay unobserved (repeatable)', collect, [])
    .option('--no-stream-id', "leave the URL alone and use the server's X-Stream-ID")
    .option('--quick', 'leave out what lasts until the cap', false)
    .option('--timeout <seconds>', 'bound on the whole run (default: the declared cap and a margin)', readSeconds)
    .addOption(
      new Option('--concurrency <number>', 'connections open, or clients running, at the same time')
        .default(connectionsAtOnce, `${connectionsAtOnce}, ${clientsAtOnce} clients or ${pagesAtOnce} pages`)
        .argParser(readConcurrency),
    )
    .option('--max-open <number>', 'connections open at the same time; the run then lasts longer', readConcurrency)
    .option('--wait <seconds>', 'wait so long until the target accepts connections', readSeconds)
    .option('--shard <K/N>', 'play every Nth scenario alone, for conformance merge', readShard)
    .option('--transcripts <dir>', 'store what was seen, for conformance judge')
    .option('--report <format[=file]>', `${formatNames.join(', ')}; default terminal (repeatable)`, collect, [])
    .option('--spec-site <url>', 'where the spec is published: HTML and Markdown link to its sentences', readSiteUrl)
    .option('--verbose', 'list passes one by one, and all evidence', false)
    .option('--fast', 'with --target reference: a cap of 3 s and heartbeats of 0.2 s', false)
    .option('--spec <version>', 'version of the spec to judge against', '1.0')
    .option('--config <file>', 'read the target from a file (default: conformance.json where no target is given)')
    .option('--baseline <file>', 'known failures, "ID  # reason" a line: they do not fail the run')
    .option('--write-baseline <file>', 'write what fails now as such a file')
    .option('--certificate <file>', 'write a certificate of the result; with --transcripts')
    .option('--signing-key <file>', 'sign the certificate: an Ed25519 private key, PEM');
  declareConnectOptions(command);
  command.addHelpText('after', examples).action(async (flags: RunFlags & ClientFlags) => {
    const { isAboutClient, refuseClientOptions } = await import('./client-options.js');
    if (isAboutClient(flags)) {
      const { gradeClientTarget } = await import('./grade-client-target.js');
      // Clients mostly wait: more of them fit than connections to one server.
      const isChosen = command.getOptionValueSource('concurrency') !== 'default';
      const usual = flags.browser === undefined ? clientsAtOnce : pagesAtOnce;
      const concurrency = isChosen ? flags.concurrency : usual;
      finish(await gradeClientTarget({ ...flags, concurrency }));
      return;
    }
    const { withConfig } = await import('./config-file.js');
    const given = withConfig(flags, (name) => (command.getOptionValueSource(name) ?? 'default') !== 'default');
    refuseClientOptions(flags);
    const { gradeTarget } = await import('./grade-target.js');
    finish(await gradeTarget(given));
  });
}
