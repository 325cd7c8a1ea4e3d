"""The same steps in plain PyTorch: forward, backward, clipping and AdamW over the packs that it is given.

  training.py DECODER BASE PACKS   DECODER is the folder of decoder.py; then on standard input lines of a number of threads,
                                   each answered with the seconds that a pass over the packs takes: of CPU time for one thread
"""
import glob, json, os, sys, time

import torch
import torch.nn.functional as F

sys.path.insert(0, sys.argv[1])
import decoder

base, packs = sys.argv[2:]
config = json.load(open(os.path.join(base, "config.json")))
weights = {name: value.requires_grad_() for name, value in decoder.load(os.path.join(base, "model.safetensors")).items()}
optimizer = torch.optim.AdamW(
    [{"params": [w for w in weights.values() if w.ndim >= 2], "weight_decay": 0.01},
     {"params": [w for w in weights.values() if w.ndim < 2], "weight_decay": 0.0}], lr=1e-4, betas=(0.9, 0.95))
batches = [decoder.load(path) for path in sorted(glob.glob(os.path.join(packs, "*.safetensors")))]


def step(batch):
    optimizer.zero_grad()
    segments = batch["segments"]
    length = segments.shape[1]
    mask = (segments[:, None, :, None] == segments[:, None, None, :]) & torch.ones(length, length, dtype=torch.bool).tril()
    hidden = decoder.hidden(config, weights, batch["tokens"], batch["positions"], mask)
    logits = decoder.logits(config, weights, hidden.reshape(-1, config["hidden_size"])[batch["predictors"]])
    loss = (F.cross_entropy(logits, batch["labels"], reduction="none") * batch["weights"]).sum() / batch["weights"].sum()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
    optimizer.step()
    return loss.item()


for line in sys.stdin:
    torch.set_num_threads(int(line))
    clock = time.process_time if int(line) == 1 else time.perf_counter
    started = clock()
    for batch in batches:
        step(batch)
    print(clock() - started, flush=True)
