/**
 * Classify texts as SentiLoRA does, in the browser: cut, tokenise, compute, calibrate.
 *
 *   import { loadModel } from "./sentiment.js";
 *   const model = await loadModel();
 *   const { label, score, probabilities } = await model.predict("Great movie!");
 *
 * It reads the files that lie beside it. The two libraries, ONNX Runtime Web and the tokenizer,
 * come from where browser.json says: from this folder, or in a pinned version from the public CDN
 * jsdelivr. Either way the browser compares them with the hashes there before it runs them.
 *
 * Not covered: many texts at once; more than one thread, which takes a cross-origin isolated page.
 */

const HERE = new URL("./", import.meta.url);
const SMALLEST_SPREAD = 1e-9;
const CHECK_TOLERANCE = 0.02; // of a probability, when the page tests itself

// What Python's str.strip() takes away; trim() differs in six characters.
const EMPTY = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;
// What nobody sees beside these: see SentiLoRA's data/visible.py.
const UNSEEN =
  /[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** Whether a normalizer of tokenizer.json makes letters small. */
function lowersCase(normalizer) {
  if (!normalizer) return false;
  if (normalizer.type === "Lowercase" || normalizer.lowercase === true) return true;
  return (normalizer.normalizers ?? []).some(lowersCase);
}

/**
 * Load the model, and test it on the texts whose answers browser.json holds.
 *
 * @param progress called with loaded and total bytes of the network.
 * @throws Error that says in plain words what is missing.
 */
export async function loadModel(progress = () => {}) {
  const names = ["browser.json", "sentilora.json", "tokenizer.json", "tokenizer_config.json"];
  const [facts, settings, tokenizer, tokenizerConfig] = await Promise.all(names.map(readJson));
  const [{ Tokenizer }, session] = await Promise.all([
    importRuntime(facts.runtime.tokenizers),
    openNetwork(facts, progress),
  ]);
  const reader = new Tokenizer(tokenizer, tokenizerConfig);
  const model = new Model(facts, settings, reader, lowersCase(tokenizer.normalizer), session);
  await test(model, facts.checks);
  return model;
}

class Model {
  constructor(facts, settings, tokenizer, lowers, { ort, session }) {
    this.name = facts.name;
    this.labels = settings.labels;
    this.rule = { ...settings.text, ...facts.reading };
    this.calibration = settings;
    this.tokenizer = tokenizer;
    this.lowers = lowers;
    this.ort = ort;
    this.session = session;
  }

  /**
   * @returns label, score (its probability), probabilities of all labels in label order, tokens of
   *   the text, the share of them that the base does not know, windows that were read, and whether
   *   the text was longer than the limit.
   * @throws Error if the text is empty, or holds nothing that is seen.
   */
  async predict(text) {
    if (EMPTY.test(text)) throw new Error("The text is empty.");
    if (EMPTY.test(text.replace(UNSEEN, ""))) {
      throw new Error("The text holds nothing but characters that nobody sees.");
    }
    const ids = this.tokenize(text);
    const windows = this.cut(ids);
    const logits = new Float64Array(this.labels.length);
    for (const window of windows) {
      (await this.compute(window)).forEach((logit, id) => (logits[id] += logit / windows.length));
    }
    const values = calibrate(logits, this.calibration);
    const score = Math.max(...values);
    return {
      label: this.labels[values.indexOf(score)],
      score,
      probabilities: this.labels.map((label, id) => ({ label, probability: values[id] })),
      tokens: ids.length,
      unknown: this.unknownShare(ids),
      windows: windows.length,
      truncated: ids.length > this.rule.room,
    };
  }

  /** The token ids of a text, without special tokens. */
  tokenize(text) {
    // toLowerCase() gives a sigma at the end of a word a form of its own, which the tokenizers that
    // models were trained with do not.
    const even = this.lowers ? text.replaceAll("Σ", "σ") : text;
    return this.tokenizer.encode(even, { add_special_tokens: false }).ids;
  }

  /** The share of unknown tokens; of a text without any token it is 1. */
  unknownShare(ids) {
    const unknown = this.rule.unknown_id ?? null;
    return ids.length ? ids.filter((id) => id === unknown).length / ids.length : 1;
  }

  /** What is read of a text, with special tokens: one list of ids, or several windows. */
  cut(ids) {
    const { prefix, suffix, long_text, room, head, stride } = this.rule;
    let pieces = [ids];
    if (ids.length > room) {
      const last = ids.length - room;
      if (long_text === "head") pieces = [ids.slice(0, room)];
      else if (long_text === "head-tail") {
        pieces = [[...ids.slice(0, head), ...ids.slice(last + head)]];
      } else {
        const starts = [];
        for (let start = 0; start < last; start += stride) starts.push(start);
        pieces = [...starts, last].map((start) => ids.slice(start, start + room));
      }
    }
    return pieces.map((piece) => [...prefix, ...piece, ...suffix]);
  }

  /** The logits of one list of token ids. */
  async compute(ids) {
    const tensor = (values) => new this.ort.Tensor("int64", values, [1, ids.length]);
    const { logits } = await this.session.run({
      input_ids: tensor(BigInt64Array.from(ids, BigInt)),
      attention_mask: tensor(new BigInt64Array(ids.length).fill(1n)),
    });
    return Array.from(logits.data);
  }
}

/** Turn logits into probabilities: see Calibration in SentiLoRA's model/probabilities.py. */
function calibrate(logits, { temperature, temperature_power: power = 0 }) {
  const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const mean = average(logits);
  let scaled = Array.from(logits, (logit) => (logit - mean) / temperature);
  if (power) {
    const spread = Math.sqrt(average(scaled.map((value) => value * value)));
    const factor = Math.max(spread, SMALLEST_SPREAD) ** power;
    scaled = scaled.map((value) => value * factor);
  }
  const largest = Math.max(...scaled);
  const exponentials = scaled.map((value) => Math.exp(value - largest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

/** Refuse to answer when this browser reads or computes otherwise than Python did. */
async function test(model, checks) {
  for (const { text, windows } of checks) {
    if (JSON.stringify(model.cut(model.tokenize(text))) !== JSON.stringify(windows)) {
      const start = text.slice(0, 60);
      throw new Error(`This browser splits “${start}” into other tokens than SentiLoRA.`);
    }
  }
  const [{ text, probabilities }] = checks;
  const found = (await model.predict(text)).probabilities;
  const differences = found.map(({ probability }, id) => Math.abs(probability - probabilities[id]));
  if (!(Math.max(...differences) <= CHECK_TOLERANCE)) {
    throw new Error("This browser computes other probabilities than SentiLoRA.");
  }
}

async function openNetwork(facts, progress) {
  const [ort, wasm, network] = await Promise.all([
    importRuntime(facts.runtime.onnxruntime),
    fetchRuntime(facts.runtime.wasm).then((answer) => answer.arrayBuffer()),
    readBytes(facts.model, facts.bytes, progress),
  ]);
  // One thread: more need headers that a static web server does not send.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = wasm;
  const session = await ort.InferenceSession.create(network, { executionProviders: ["wasm"] });
  return { ort, session };
}

async function readJson(name) {
  return (await fetchBeside(name)).json();
}

async function readBytes(name, total, progress) {
  const reader = (await fetchBeside(name)).body.getReader();
  const bytes = new Uint8Array(total);
  let loaded = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (loaded + value.length > total) throw new Error(`${name} is longer than it was written.`);
    bytes.set(value, loaded);
    loaded += value.length;
    progress(loaded, total);
  }
  if (loaded < total) throw new Error(`${name} ended after ${loaded} of ${total} bytes.`);
  return bytes;
}

async function fetchBeside(name) {
  const answer = await fetch(new URL(name, HERE)).catch(() => null);
  if (!answer?.ok) {
    const reason = answer === null ? "does not answer" : `says ${answer.status}`;
    throw new Error(`${name} cannot be loaded: the web server ${reason}.`);
  }
  return answer;
}

/** Import a script that the browser has compared with its hash: import() alone compares nothing. */
async function importRuntime(file) {
  const script = await (await fetchRuntime(file)).text();
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function fetchRuntime({ url, integrity }) {
  const address = new URL(url, HERE);
  const answer = await fetch(address, { integrity }).catch(() => null);
  if (!answer?.ok) {
    const where = address.origin === HERE.origin ? "this web server" : address.host;
    throw new Error(
      `The runtime that computes the model could not be loaded from ${where}: it is out of ` +
        `reach, or ${address.pathname} is not the file that was expected.`,
    );
  }
  return answer;
}
