"""What training is compared with: the same losses and AdamW steps in plain PyTorch, one example at a time.

  learning.py train BASE STEPS OUT   trains the student in BASE on the steps of STEPS (JSON), prints loss, gradient norm and
                                     divergence of each as JSON, and writes the weights to OUT
"""
import json, os, sys

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import decoder


def example_loss(config, weights, example, weight, temperature):
    """The sum over targets of the mixed loss, and of the divergence."""
    tokens = torch.tensor([example["tokens"]])
    length = tokens.shape[1]
    mask = torch.ones(length, length, dtype=torch.bool).tril()[None, None]
    logits = decoder.forward(config, weights, tokens, torch.arange(length)[None], mask)[0]
    total, divergence, labelled = torch.zeros(()), 0.0, 0
    soft, offset = example["soft"], 0
    for place in range(example["start"], length):
        hard = F.cross_entropy(logits[place - 1][None], tokens[0, place][None])
        index = place - soft["Start"] if soft else -1
        count = soft["Counts"][index] if soft and 0 <= index < len(soft["Counts"]) else 0
        if weight == 0 or count == 0:
            total = total + hard
            continue
        ids, stored = torch.tensor(soft["Ids"][offset:offset + count]), torch.tensor(soft["Logprobs"][offset:offset + count])
        offset += count
        teacher = F.log_softmax(stored / temperature, 0)
        student = F.log_softmax(logits[place - 1] / temperature, 0)[ids]
        kl = temperature ** 2 * F.kl_div(student, teacher, reduction="sum", log_target=True)
        total = total + (1 - weight) * hard + weight * kl
        divergence += kl.item()
        labelled += 1
    return total, divergence, labelled


def train(base, steps, out):
    config = json.load(open(os.path.join(base, "config.json")))
    weights = {name: value.requires_grad_() for name, value in decoder.load(os.path.join(base, "model.safetensors")).items()}
    run = json.load(open(steps))
    settings = run["settings"]
    optimizer = torch.optim.AdamW(
        [{"params": [w for w in weights.values() if w.ndim >= 2], "weight_decay": settings["WeightDecay"]},
         {"params": [w for w in weights.values() if w.ndim < 2], "weight_decay": 0.0}],
        lr=settings["LearningRate"], betas=(settings["Beta1"], settings["Beta2"]), eps=settings["Epsilon"])
    results = []
    for number, step in enumerate(run["steps"]):
        optimizer.zero_grad()
        examples = [example for pack in step for example in pack]
        total = sum(e["weight"] * (len(e["tokens"]) - e["start"]) for e in examples)
        loss, divergence, soft_weight = 0.0, 0.0, 0.0
        for example in examples:
            part, kl, labelled = example_loss(config, weights, example, settings["weight"], settings["temperature"])
            part = part * example["weight"] / total
            part.backward()
            loss += part.item()
            divergence += example["weight"] * kl
            soft_weight += example["weight"] * labelled
        norm = torch.nn.utils.clip_grad_norm_(list(weights.values()), settings["ClipNorm"])
        for group in optimizer.param_groups:
            group["lr"] = settings["LearningRate"] * min(1, (number + 1) / settings["WarmupSteps"])
        optimizer.step()
        results.append([loss, norm.item(), divergence / soft_weight if soft_weight else 0.0])
    decoder.save(out, weights)
    print(json.dumps(results))


if __name__ == "__main__":
    torch.set_num_threads(1)
    train(*sys.argv[2:])
