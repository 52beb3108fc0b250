#!/usr/bin/env node
/** The program `conformance`: hands its arguments to the command line and ends with the command's exit code. */
import { runCommandLine } from './program.js';

// A reader that goes away (`conformance list | head`) is no fault of ours and nothing to report to it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 3));

const code = await runCommandLine(process.argv.slice(2));
// Kept-alive sockets and timers of a finished run must not keep the shell waiting.
process.stdout.write('', () => process.exit(code));
