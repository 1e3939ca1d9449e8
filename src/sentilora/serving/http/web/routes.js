"use strict";

const at = (id) => document.getElementById(id);
let page = {};

function make(tag, text = "", name = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  return element;
}

function say(text, is_wrong = false) {
  at("status").textContent = text;
  at("status").classList.toggle("wrong", is_wrong);
}

function shown() {
  const key = at("key").value.trim();
  return key ? { authorization: `Bearer ${key}` } : {};
}

function resolved(schema) {
  const name = schema?.$ref?.split("/").pop();
  return name ? { name, ...resolved(page.components.schemas[name]) } : schema ?? {};
}

function kind(schema) {
  const found = resolved(schema);
  const parts = found.anyOf ?? found.oneOf;
  if (found.enum) return found.enum.map((one) => JSON.stringify(one)).join(" or ");
  if ("const" in found) return JSON.stringify(found.const);
  if (parts) return [...new Set(parts.map(kind))].join(" or ");
  if (found.type === "array") return `list of ${kind(found.items)}`;
  return found.type ?? "any";
}

function fields(schema) {
  const found = resolved(schema);
  const table = make("table");
  const needed = new Set(found.required ?? []);
  for (const [name, field] of Object.entries(found.properties ?? {})) {
    const row = make("tr");
    const head = make("th");
    head.append(make("code", name), needed.has(name) ? "" : make("span", " may be left out", "faint"));
    const words = [kind(field), resolved(field).description].filter(Boolean).join(". ");
    row.append(head, make("td", words));
    table.append(row);
  }
  return table;
}

async function send(method, path, inputs, body, output) {
  let target = path.slice(1);
  for (const [name, input] of inputs) {
    target = target.replace(`{${name}}`, encodeURIComponent(input.value));
  }
  const headers = shown();
  if (body) headers["content-type"] = "application/json";
  output.textContent = "Asking …";
  try {
    const response = await fetch(target || "./", { method, headers, body: body?.value });
    let text = await response.text();
    try {
      text = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // not JSON: shown as it is
    }
    output.textContent = `${response.status} ${response.statusText}\n\n${text}`;
  } catch (error) {
    output.textContent = `The server cannot be asked: ${error.message}`;
  }
}

function trial(method, path, operation) {
  const form = make("form");
  const inputs = (operation.parameters ?? []).map(({ name }) => {
    const input = make("input");
    const label = make("label", name);
    label.append(input);
    form.append(label);
    return [name, input];
  });
  const content = operation.requestBody?.content["application/json"];
  let body;
  if (content) {
    body = make("textarea", "", "code");
    body.value = JSON.stringify(content.example ?? {}, null, 2);
    body.rows = body.value.split("\n").length;
    const label = make("label", "Body");
    label.append(body);
    form.append(fields(content.schema), label);
  }
  const output = make("pre");
  output.hidden = true;
  form.append(make("button", "Send"), output);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    output.hidden = false;
    send(method, path, inputs, body, output);
  });
  return form;
}

function answers(operation) {
  const table = make("table");
  for (const [status, answer] of Object.entries(operation.responses)) {
    const row = make("tr");
    row.append(make("th", status), make("td", answer.description));
    table.append(row);
  }
  const example = operation.responses[200]?.content?.["application/json"]?.example;
  const parts = [make("h3", "Answers"), table];
  if (example !== undefined) parts.push(make("pre", JSON.stringify(example, null, 2)));
  return parts;
}

function route(method, path, operation) {
  const box = make("details");
  const line = make("summary");
  line.append(make("span", method, "method"), make("code", path));
  box.append(line);
  box.addEventListener("toggle", () => {
    if (box.open && box.childElementCount === 1) {
      box.append(make("p", operation.description ?? operation.summary ?? ""));
      box.append(trial(method, path, operation), ...answers(operation));
    }
  });
  return box;
}

async function load() {
  say("Loading …");
  try {
    const response = await fetch("openapi.json", { headers: shown() });
    const found = await response.json();
    if (response.status === 401) {
      at("locked").hidden = false;
      say(at("key").value ? found.error : "This server wants a key.", Boolean(at("key").value));
      return;
    }
    if (!response.ok) throw new Error(found.error);
    page = found;
  } catch (error) {
    say(`The routes cannot be read: ${error.message}`, true);
    return;
  }
  if (at("key").value) sessionStorage.setItem("key", at("key").value.trim());
  at("about").textContent = page.info.description;
  const groups = new Map();
  for (const [path, operations] of Object.entries(page.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? "";
      groups.set(tag, [...(groups.get(tag) ?? []), route(method.toUpperCase(), path, operation)]);
    }
  }
  at("routes").replaceChildren(
    ...[...groups].flatMap(([tag, boxes]) => [make("h2", tag), ...boxes]));
  say("");
}

at("key").value = sessionStorage.getItem("key") ?? "";
at("locked").addEventListener("submit", (event) => {
  event.preventDefault();
  load();
});
load();
