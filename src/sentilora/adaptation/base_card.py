"""The card (``README.md``) of an adapted base, in Hugging Face form."""

from __future__ import annotations

from typing import Any

from sentilora.message import shell_command


def render_card(report: dict[str, Any]) -> str:
    """Render the report as a model card; nothing is asked of the hub."""
    from huggingface_hub import ModelCardData

    base, objective, data = report["base"], report["objective"], report["data"]
    licence = base["licence"]
    front = ModelCardData(
        base_model=base["hub_id"],
        base_model_relation="finetune" if base["hub_id"] else None,
        library_name="transformers",
        pipeline_tag="feature-extraction",
        license=licence.lower() if licence else None,
        tags=["sentilora", "domain-adaptation", "masked-language-modeling"],
    ).to_yaml()
    origin = f"[{base['hub_id']}](https://huggingface.co/{base['hub_id']})"
    if not base["hub_id"]:
        origin = f"`{base['name']}` (weights with sha256 `{base['sha256']}`)"
    before, after = report["held_out"]["before"], report["held_out"]["after"]
    unit = "whole words" if objective["whole_words"] else "tokens"
    share = f"{objective['mask_share']:.0%} of the {unit} hidden"
    more = ""
    if objective["sentiment_weight"] != 1:
        more += f", sentiment words {objective['sentiment_weight']:g} times as often as others"
    if objective["bag_weight"]:
        more += (
            f"; beside that, the words of each window predicted from its first position "
            f"(weight {objective['bag_weight']:g})"
        )
    fresh = (
        "The base brought no head for hidden words, so *before* is the encoder under a head that "
        "starts from word frequencies and the word embeddings.\n\n"
        if objective["head"] == "fresh"
        else ""
    )
    training, counts = report["training"], data["texts"]
    files = "\n".join(f"- `{one['file']}`, sha256 `{one['sha256']}`" for one in data["files"])
    guards = "\n".join(f"- `{one['file']}`, sha256 `{one['sha256']}`" for one in data["guards"])
    guarded = (
        f"\n{counts['guarded']:,} texts were left out because they stand in:\n\n{guards}\n"
        if guards
        else "\nNo test file was given, so texts of a later test may be among them.\n"
    )
    return f"""---
{front}
---

# {report["name"]}

An encoder without a head: {origin}, trained on unlabelled texts to predict hidden words (masked
language modelling: {share}{more}). Fine-tune it:

```bash
{shell_command("train", ["reviews.csv"], {"base": report["name"]})}
```

Plain transformers loads it with `AutoModel`, or with `AutoModelForSequenceClassification` and a
fresh head.

| on {report["held_out"]["texts"]:,} texts held out | before | after |
| --- | ---: | ---: |
| loss, nats a hidden token | {before["loss"]:.3f} | {after["loss"]:.3f} |
| hidden tokens named right | {before["accuracy"]:.1%} | {after["accuracy"]:.1%} |

{fresh}These figures say how well the encoder knows the language of the texts, not how good a
classifier on it will be.

## Training

{training["tokens"]:,} tokens in {training["steps"]:,} updates ({training["epochs"]:g} passes),
{training["seconds"]:,.0f} seconds on {training["device"]} in {training["precision"]}, learning rate
{training["learning_rate"]:g}, windows of up to {objective["max_tokens"]} tokens, seed
{training["seed"]}.

## Texts

{counts["kept"]:,} of {counts["read"]:,} rows; {counts["duplicates"]:,} duplicates and
{counts["bad"]:,} unusable rows were left out. They came from:

{files or "- a data set of the hub or of the package"}
{guarded}
## Licence

{f"That of the base: {licence}." if licence else "The base names none."} Terms of the texts come on
top; ask for those before you publish the weights.
"""
