"use strict";

const SURE = /*sure*/0;  // below it an answer is called not sure
const at = (id) => document.getElementById(id);
const per_cent = (share) => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`;
let models = [];

function say(text, is_wrong = false) {
  at("status").textContent = text;
  at("status").classList.toggle("wrong", is_wrong);
}

async function ask(path, value) {
  const headers = {};
  const key = at("key").value.trim();
  if (key) headers.authorization = `Bearer ${key}`;
  if (value) headers["content-type"] = "application/json";
  const body = value && JSON.stringify(value);
  const response = await fetch(path, { method: value ? "POST" : "GET", headers, body });
  const found = await response.json();
  if (response.ok) {
    if (key) sessionStorage.setItem("key", key);
    return { found, headers: response.headers };
  }
  if (response.status === 401) at("locked").hidden = false;
  throw Object.assign(new Error(found.error), { status: response.status });
}

async function load() {
  try {
    models = (await ask("v1/models")).found.data;
  } catch (error) {
    if (error.status === 503) {
      say("The models are being loaded …");
      setTimeout(load, 2000);
      return false;
    }
    say(error.status === 401 && !at("key").value
      ? "This server wants a key. Type it above." : error.message, Boolean(at("key").value));
    return false;
  }
  const before = at("model").value;
  at("model").replaceChildren(...models.map((model) => {
    const also = model.aliases.length ? ` (${model.aliases.join(", ")})` : "";
    return new Option(model.id + also, model.id, model.is_default, model.is_default);
  }));
  if (models.some((model) => model.id === before)) at("model").value = before;
  at("model").disabled = models.length < 2;
  say(models.length ? "" : "No model is served at present.");
  return models.length > 0;
}

function bar(label, share, is_best) {
  const row = document.createElement("li");
  const [name, meter, number] = ["span", "meter", "span"].map((tag) => document.createElement(tag));
  name.textContent = label;
  name.dir = "auto";
  meter.value = share;
  meter.setAttribute("aria-label", label);
  number.textContent = per_cent(share);
  number.className = "share";
  row.classList.toggle("best", is_best);
  row.append(name, meter, number);
  return row;
}

function show(found, headers) {
  const one = found.data[0];
  const model = models.find((each) => each.id === found.model) ?? {};
  const is_sure = one.score >= SURE && !one.abstained;
  at("chosen").textContent = is_sure ? one.label : `not sure; perhaps ${one.label}`;
  at("bars").replaceChildren(...one.labels.map((label, place) =>
    bar(label, one.probs[place], label === one.label)));
  const notes = [];
  if (one.truncated) notes.push(`The text is longer than the ${model.max_tokens} tokens that are read.`);
  if (one.unknown > 0.2) notes.push(`The model does not know ${per_cent(one.unknown)} of the text.`);
  at("notes").textContent = notes.join(" ");
  at("notes").hidden = !notes.length;
  const facts = [found.model, `${model.engine}, ${model.precision}, ${model.device}`,
    `${found.usage.total_tokens} tokens`];
  const time = headers.get("x-total-time");
  if (time) facts.push(`${Math.round(time)} ms`);
  at("facts").textContent = facts.join(" · ");
  at("answer").hidden = false;
}

async function classify(event) {
  event.preventDefault();
  at("answer").hidden = true;
  at("ask").disabled = true;
  say("Asking …");
  try {
    if (!models.length && !(await load())) return;
    const input = at("text").value;
    if (!input.trim()) {
      say("Type a text first.");
      return;
    }
    const { found, headers } = await ask("v1/classify", { input, model: at("model").value });
    if (!models.some((model) => model.id === found.model)) await load();
    show(found, headers);
    say("");
  } catch (error) {
    say(error.status ? error.message : `The server cannot be asked: ${error.message}`, true);
    if (error.status === 404) await load();
  } finally {
    at("ask").disabled = false;
  }
}

at("key").value = sessionStorage.getItem("key") ?? "";
at("form").addEventListener("submit", classify);
at("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) at("form").requestSubmit();
});
say("");
load();
