"""The model's own process, run by the Python that has llama.cpp: `engine.py WEIGHTS TEMPLATE NAME`.

It says its address on one line and lives as long as its standard input stays open, so that it
cannot outlive who started it, however that one ends.
"""

import os
import sys

import xllamacpp  # type: ignore[import-not-found]

CONTEXT, AT_ONCE, LONGEST = 16384, 1, 2048
"""Tokens of a conversation, conversations at a time, tokens of one answer. One conversation that is
finished serves a drill better than two that run out of time."""


def main(weights: str, template: str, name: str) -> None:
    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.n_ctx, params.n_parallel, params.n_predict = CONTEXT, AT_ONCE, LONGEST
    params.model_alias = {name}
    params.use_jinja = True
    with open(template) as file:
        params.chat_template = file.read()
    # two threads collapse as soon as anything else uses the cores
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
