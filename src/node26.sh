#!/bin/sh
# Runs a program of the project, after `make-ready.mjs` has made sure that packages and Node 26 are there:
#   sh src/node26.sh src/main.ts demo
# npm says which Node it runs under; the one that PATH finds first may be ours, before it can start.
node26=$("${npm_node_execpath:-node}" "$(dirname "$0")/make-ready.mjs") || exit 1

# Types are stripped and code compiled once, not at every start. New objects get 3 × 8 MB, not what Node takes on a large
# machine: a crowded town stays 60 MB smaller, and as quick.
NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE-$PWD/var/compile-cache}" exec "$node26" --max-semi-space-size=8 "$@"
