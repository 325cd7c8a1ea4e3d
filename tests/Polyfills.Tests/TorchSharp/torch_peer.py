"""Computes with PyTorch what PyTorchTests computes with TorchSharp, and prints every tensor as name, shape and numbers.

The inputs are sines, so that both sides have the same without a file between them.
"""
import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def wave(*shape, step=0.37, scale=1.0):
    count = 1
    for size in shape:
        count *= size
    return (torch.sin(torch.arange(count, dtype=torch.float64) * step) * scale).to(torch.float32).reshape(shape)


def show(name, tensor):
    tensor = tensor.detach().to(torch.float64)
    print(name, ",".join(map(str, tensor.shape)), " ".join(repr(x) for x in tensor.reshape(-1).tolist()), sep="|")


# Operators.
a, b = wave(3, 4), wave(4, 5, step=0.71)
show("matmul", a @ b)
show("softmax", torch.softmax(a, -1))
show("log_softmax", torch.log_softmax(a, 0))
show("logsumexp", torch.logsumexp(a, 1))
show("silu", F.silu(a))
show("rsqrt", torch.rsqrt(a.pow(2).mean(-1, keepdim=True) + 1e-6))
show("cumsum", torch.cumsum(a, 1))
show("topk", torch.topk(a, 2, -1).values)
show("sort", torch.sort(a, -1, descending=True).indices)
show("triu", torch.triu(torch.ones(4, 4), 1))
show("masked", a.masked_fill(a > 0.5, float(-3)))
show("gather", a.gather(1, torch.tensor([[0, 3], [2, 2], [1, 0]])))
show("where", torch.where(a > 0, a, -a * 2))
show("norm", a.norm())
show("index", a[1:, ::2])
show("mask", a[a > 0])
show("rows", a[torch.tensor([2, 0])])
show("kl", F.kl_div(torch.log_softmax(a, -1), torch.softmax(wave(3, 4, step=1.3), -1), reduction="sum"))
show("bfloat16", a.to(torch.bfloat16))

# A small network: embedding, two layers with SiLU, cross entropy, clipped gradients, AdamW with two groups.
embedding = wave(11, 8, scale=0.5).requires_grad_()
first = wave(16, 8, step=0.53, scale=0.3).requires_grad_()
second = wave(11, 16, step=0.29, scale=0.3).requires_grad_()
tokens = torch.tensor([[1, 4, 9, 2], [0, 7, 7, 3]])
targets = torch.tensor([[4, 9, 2, -100], [7, 7, 3, 10]])
optimizer = torch.optim.AdamW(
    [{"params": [embedding], "weight_decay": 0.0}, {"params": [first, second], "weight_decay": 0.1}], lr=0.01, betas=(0.9, 0.95), eps=1e-8)
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + step))
for step in range(4):
    optimizer.zero_grad()
    logits = F.linear(F.silu(F.linear(F.embedding(tokens, embedding), first)), second)
    loss = F.cross_entropy(logits.reshape(-1, 11), targets.reshape(-1), ignore_index=-100)
    loss.backward()
    show(f"gradient{step}", first.grad)
    norm = torch.nn.utils.clip_grad_norm_([embedding, first, second], 0.5)
    optimizer.step()
    schedule.step()
    show(f"loss{step}", loss)
    show(f"norm{step}", norm)
show("embedding", embedding)
show("first", first)
show("second", second)

# Random numbers.
torch.manual_seed(1234)
show("randn", torch.randn(3, 3))
show("rand", torch.rand(2))
show("randperm", torch.randperm(6))
