#!/usr/bin/env bash
# Grades the server that conformance.json names, on any machine with Node 20: starts it, grades it, stops it again.
# What starts it is yours to fill in.
set -euo pipefail

# A process group of its own: npx does not pass a signal on to what it started.
set -m
npx --yes resilient-sse@0.1.0 serve --port 8080 --fast &
server=$!
set +m
trap 'kill -- "-$server"' EXIT

npx --yes resilient-sse@0.1.0 run --wait 60 \
  --report terminal --report html=conformance/report.html --report badge=conformance/badge.svg
