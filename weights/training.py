"""What both trained networks share: the loop that learns, and the file that Lanewise reads."""

import json
import math
import time
from pathlib import Path

import torch
from torch.nn import functional

from export import write_safetensors

CHECKPOINT_EVERY = 50


def rate_at(step, cycles, rate):
    """A warm-up, then a cosine decay to nothing in each cycle; later cycles start at 0.6 of the rate before."""
    for steps in cycles:
        if step < steps:
            return rate * min(1, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        step, rate = step - steps, 0.6 * rate
    raise ValueError("after the last cycle")


def learn(model, batch, cycles, rate, checkpoint, report, every=400):
    """Trains by AdamW on one thread, with cycles of so many steps; goes on where a checkpoint file ends.

    batch(step): inputs and classes. report(model): a line on what the model knows, printed every so many steps.
    """
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    decayed = [value for value in model.parameters() if value.dim() > 1]
    plain = [value for value in model.parameters() if value.dim() <= 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0}], lr=rate)
    first, steps = 0, sum(cycles)
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["step"]
        print(f"going on at step {first}", flush=True)
    losses, begin = [], time.time()
    for step in range(first, steps):
        torch.manual_seed(step)
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, cycles, rate)
        model.train()
        inputs, classes = batch(step)
        loss = functional.cross_entropy(model(inputs), classes, label_smoothing=0.02)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % CHECKPOINT_EVERY == 0:
            draft = checkpoint.with_suffix(".draft")
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1}, draft)
            draft.replace(checkpoint)
            pace = (time.time() - begin) / (step + 1 - first)
            loss_mean = sum(losses[-CHECKPOINT_EVERY:]) / len(losses[-CHECKPOINT_EVERY:])
            print(f"step {step + 1} of {steps}  loss {loss_mean:.3f}  {pace:.2f} s a step", flush=True)
        if (step + 1) % every == 0:
            print(f"step {step + 1}  {report(model)}", flush=True)
    return model.eval()


def confusion(model, batches, classes):
    """Rows: what it is; columns: what the model says."""
    counts = torch.zeros(classes, classes, dtype=torch.long)
    model.eval()
    with torch.inference_mode():
        for inputs, labels in batches:
            said = model(inputs).argmax(1)
            counts.index_put_((labels, said), torch.ones(len(labels), dtype=torch.long), accumulate=True)
    return counts


def accuracy(counts):
    return counts.diagonal().sum().item() / counts.sum().item()


def halved(model):
    """Rounds what the file stores in float16, so that what is measured is what is shipped."""
    with torch.no_grad():
        for value in model.parameters():
            if value.dim() > 1:
                value.copy_(value.half().float())
    return model


def store(path, model, architecture, labels, preprocessing, source, training):
    """The model as one self-describing file: float16 for what has two and more dimensions, float32 for the rest."""
    tensors = {name: value.half() if value.dim() > 1 else value for name, value in model.state_dict().items()
               if not name.endswith("num_batches_tracked")}
    metadata = {
        "format": "pt",
        "lanewise.architecture": architecture,
        "lanewise.preprocessing": json.dumps(preprocessing, separators=(",", ":")),
        "lanewise.labels": json.dumps(labels, separators=(",", ":")),
        "lanewise.source": source,
        "lanewise.licence": "Apache-2.0",
        "lanewise.training": training,
    }
    size = write_safetensors(Path(path), tensors, metadata)
    print(f"{path}: {len(tensors)} tensors, {size:,} bytes")
