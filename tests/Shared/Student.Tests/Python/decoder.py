"""Llama and Qwen2 in plain PyTorch, written from their papers: what the student's decoder is compared with.

  decoder.py run DIRECTORY     reads config.json, model.safetensors and batch.safetensors (tokens, positions, mask, targets) and writes
                               expected.safetensors: logits, loss and the gradient of every parameter
  decoder.py make DIRECTORY SEED   writes model.safetensors with random weights for config.json
  decoder.py copy FROM TO      reads a safetensors file and writes it again
"""
import json, math, os, struct, sys

import torch
import torch.nn.functional as F

TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "F64": torch.float64,
         "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8, "BOOL": torch.bool}
ORDER = ["BOOL", "U8", "F16", "BF16", "I32", "F32", "F64", "I64"]


def load(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            part = bytearray(data[8 + size + begin:8 + size + end])
            flat = torch.frombuffer(part, dtype=TYPES[entry["dtype"]]) if part else torch.empty(0, dtype=TYPES[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors


def save(path, tensors):
    words = {dtype: word for word, dtype in TYPES.items()}
    header, parts, position = {"__metadata__": {"format": "pt"}}, [], 0
    for name in sorted(tensors, key=lambda name: (-ORDER.index(words[tensors[name].dtype]), name)):
        tensor = tensors[name].detach().contiguous()
        part = bytes(tensor.reshape(-1).view(torch.uint8).numpy()) if tensor.numel() else b""
        header[name] = {"dtype": words[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [position, position + len(part)]}
        parts.append(part)
        position += len(part)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def sizes(config):
    head = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
    return config["num_attention_heads"], config["num_key_value_heads"], head


def frequencies(config, length):
    """The turns per position of each pair of dimensions, and what cosines and sines are multiplied by."""
    size, base, scaling = sizes(config)[2], config["rope_theta"], config.get("rope_scaling") or {"rope_type": "default"}
    kind, factor, longest = scaling["rope_type"], scaling.get("factor"), config["max_position_embeddings"]
    if kind == "dynamic" and length > longest:
        base *= (factor * length / longest - (factor - 1)) ** (size / (size - 2))
    plain = 1.0 / (base ** (torch.arange(0, size, 2).float() / size))
    if kind == "linear":
        return plain / factor, 1.0
    if kind == "llama3":
        low, high, original = scaling["low_freq_factor"], scaling["high_freq_factor"], scaling["original_max_position_embeddings"]
        wave = 2 * math.pi / plain
        smooth = (original / wave - low) / (high - low)
        between = (1 - smooth) * plain / factor + smooth * plain
        return torch.where(wave > original / low, plain / factor, torch.where(wave < original / high, plain, between)), 1.0
    if kind == "yarn":
        original = scaling.get("original_max_position_embeddings") or longest
        where = lambda turns: size * math.log(original / (turns * 2 * math.pi)) / (2 * math.log(base))
        low = max(math.floor(where(scaling.get("beta_fast") or 32)), 0)
        high = min(math.ceil(where(scaling.get("beta_slow") or 1)), size - 1)
        ramp = ((torch.arange(size // 2).float() - low) / ((high if high != low else high + 0.001) - low)).clamp(0, 1)
        return plain / factor * ramp + plain * (1 - ramp), scaling.get("attention_factor") or 0.1 * math.log(factor) + 1.0
    return plain, 1.0


def norm(x, weight, config):
    return weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + config["rms_norm_eps"]))


def hidden(config, weights, tokens, positions, mask):
    heads, shared, size = sizes(config)
    turns, factor = frequencies(config, int(positions.max()) + 1)
    angles = positions.float()[..., None] * turns
    cos, sin = (torch.cat([f, f], -1)[:, None] * factor for f in (angles.cos(), angles.sin()))
    rotate = lambda x: x * cos + torch.cat([-x[..., size // 2:], x[..., :size // 2]], -1) * sin
    linear = lambda x, name: F.linear(x, weights[name + ".weight"], weights.get(name + ".bias"))
    x = weights["model.embed_tokens.weight"][tokens]
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        y = norm(x, weights[at + "input_layernorm.weight"], config)
        split = lambda name, count: linear(y, at + "self_attn." + name).view(*tokens.shape, count, size).transpose(1, 2)
        q, k, v = rotate(split("q_proj", heads)), rotate(split("k_proj", shared)), split("v_proj", shared)
        k, v = (t.repeat_interleave(heads // shared, 1) for t in (k, v))
        scores = (q @ k.transpose(2, 3) / math.sqrt(size)).masked_fill(~mask, -math.inf)
        y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(*tokens.shape, heads * size)
        x = x + linear(y, at + "self_attn.o_proj")
        y = norm(x, weights[at + "post_attention_layernorm.weight"], config)
        x = x + linear(F.silu(linear(y, at + "mlp.gate_proj")) * linear(y, at + "mlp.up_proj"), at + "mlp.down_proj")
    return norm(x, weights["model.norm.weight"], config)


def logits(config, weights, x):
    return F.linear(x, weights["model.embed_tokens.weight" if config["tie_word_embeddings"] else "lm_head.weight"])


def forward(config, weights, tokens, positions, mask):
    return logits(config, weights, hidden(config, weights, tokens, positions, mask))


def shapes(config):
    heads, shared, size = sizes(config)
    hidden, inner, qwen = config["hidden_size"], config["intermediate_size"], config["model_type"] == "qwen2"
    qkv, out = qwen or config.get("attention_bias", False), not qwen and config.get("attention_bias", False)
    yield "model.embed_tokens.weight", [config["vocab_size"], hidden]
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        for name, rows, columns, bias in [
                ("self_attn.q_proj", heads * size, hidden, qkv), ("self_attn.k_proj", shared * size, hidden, qkv),
                ("self_attn.v_proj", shared * size, hidden, qkv), ("self_attn.o_proj", hidden, heads * size, out),
                ("mlp.gate_proj", inner, hidden, False), ("mlp.up_proj", inner, hidden, False), ("mlp.down_proj", hidden, inner, False)]:
            yield at + name + ".weight", [rows, columns]
            if bias:
                yield at + name + ".bias", [rows]
        yield at + "input_layernorm.weight", [hidden]
        yield at + "post_attention_layernorm.weight", [hidden]
    yield "model.norm.weight", [hidden]
    if not config["tie_word_embeddings"]:
        yield "lm_head.weight", [config["vocab_size"], hidden]


def run(directory):
    config = json.load(open(os.path.join(directory, "config.json")))
    weights = {name: value.requires_grad_() for name, value in load(os.path.join(directory, "model.safetensors")).items()}
    batch = load(os.path.join(directory, "batch.safetensors"))
    logits = forward(config, weights, batch["tokens"], batch["positions"], batch["mask"])
    loss = F.cross_entropy(logits.view(-1, config["vocab_size"]), batch["targets"].view(-1))
    loss.backward()
    expected = {"logits": logits, "loss": loss, **{"grad." + name: value.grad for name, value in weights.items()}}
    save(os.path.join(directory, "expected.safetensors"), expected)


def make(directory, seed):
    config = json.load(open(os.path.join(directory, "config.json")))
    torch.manual_seed(seed)
    weights = {name: torch.randn(shape) * 0.2 + (1 if "norm" in name else 0) for name, shape in shapes(config)}
    save(os.path.join(directory, "model.safetensors"), weights)


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1] == "copy":
        save(sys.argv[3], load(sys.argv[2]))
    for directory in sys.argv[2].split(","):
        if sys.argv[1] == "run":
            run(directory)
        elif sys.argv[1] == "make":
            make(directory, int(sys.argv[3]))
