// Plays the scenarios of the Go tests with the official openai package. It reads one request a line,
// {id, method, base, token, ...}, and writes lines {id, heard}, {id, answer} or {id, failure}; a line
// {id, method: "abort"} aborts the request of that id. It ends with its input.
import { createInterface } from 'node:readline'
import OpenAI from 'openai'
import { makeParseableResponseFormat } from 'openai/lib/parser'

const parameters = {
  type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false,
}
const running = new Map() // id to AbortController

class Left extends Error {}

function body({ model, text, image, tools, schema, effort }) {
  const content = image ? [{ type: 'text', text }, { type: 'image_url', image_url: { url: image } }] : text
  const out = { model, messages: [{ role: 'user', content }] }
  if (tools) out.tools = tools.map((name) => ({ type: 'function', function: { name, parameters } }))
  if (schema) {
    const json_schema = { name: 'answer', schema, strict: true }
    out.response_format = makeParseableResponseFormat({ type: 'json_schema', json_schema }, JSON.parse)
  }
  if (effort) out.reasoning_effort = effort
  return out
}

const thoughts = (o) => (o.reasoning ?? '') + (o.reasoning_content ?? '')
const head = (h) => ({ request_id: h.get('x-request-id') ?? '', provider: h.get('x-aio-provider') ?? '' })

async function whole(client, params, { signal }) {
  const { completions } = client.chat
  const ask = params.response_format ? completions.parse.bind(completions) : completions.create.bind(completions)
  const { data, response } = await ask(params, { signal }).withResponse()
  return { completion: data, reasoning: thoughts(data.choices[0].message), pieces: 0, ...head(response.headers) }
}

// streamed uses the package's helper, which puts the pieces together and refuses streams that do not end.
async function streamed(client, params, { signal, question, heard }) {
  const out = { reasoning: '', pieces: 0 }
  let headers
  const watched = client.withOptions({
    fetch: async (...args) => {
      const response = await fetch(...args)
      headers = response.headers
      return response
    },
  })
  const options = question.usage ? { stream_options: { include_usage: true } } : {}
  const runner = watched.chat.completions.stream({ ...params, ...options }, { signal })
  for await (const chunk of runner) {
    for (const { delta } of chunk.choices) {
      out.reasoning += thoughts(delta)
      if (!delta.content) continue
      out.pieces++
      heard()
      if (question.leave) throw new Left()
    }
  }
  const completion = await runner.finalChatCompletion()
  return { completion, ...out, ...head(headers) }
}

async function converse(ask, client, work) {
  const { question } = work
  const params = body(question)
  let told = await ask(client, params, work)
  const calls = (told.completion.choices[0].message.tool_calls ?? []).map((c) => ({
    id: c.id, name: c.function.name, arguments: c.function.arguments,
  }))
  if (question.results && question.results.length === calls.length) {
    params.messages.push(told.completion.choices[0].message)
    question.results.forEach((content, i) => params.messages.push({ role: 'tool', tool_call_id: calls[i].id, content }))
    told = await ask(client, params, work)
  }
  const { completion, ...rest } = told
  const { message, finish_reason } = completion.choices[0]
  // What the package decoded by the schema is sent as JSON again.
  const text = question.schema ? JSON.stringify(message.parsed) : message.content
  return {
    ...rest, calls, text, finish: finish_reason,
    prompt: completion.usage?.prompt_tokens ?? 0, completion: completion.usage?.completion_tokens ?? 0,
    thought: completion.usage?.completion_tokens_details?.reasoning_tokens ?? 0,
  }
}

const methods = {
  chat: (client, work) => converse(whole, client, work),
  stream: (client, work) => converse(streamed, client, work),
  async embed(client, { signal, embedding: { model, input, format } }) {
    const reply = await client.embeddings.create({ model, input, ...(format && { encoding_format: format }) }, { signal })
    // Asked for base64 in so many words, the package gives it as it came.
    return reply.data.map(({ embedding: v }) => (typeof v === 'string' ? decode(v) : v))
  },
  async models(client, { signal }) {
    const ids = []
    for await (const model of client.models.list({ signal })) ids.push(model.id)
    return ids
  },
  model: async (client, { signal, model }) => (await client.models.retrieve(model, { signal })).id,
}

function decode(text) {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}

function failure(e) {
  return {
    class: e.constructor.name, canceled: e instanceof OpenAI.APIUserAbortError, status: e.status ?? 0, code: e.code ?? '',
    type: e.type ?? '', param: e.param ?? '', message: e.error?.message ?? e.message ?? String(e),
  }
}

const say = (line) => process.stdout.write(JSON.stringify(line) + '\n')

async function play({ id, method, base, token, ...work }) {
  if (method === 'abort') return running.get(id)?.abort()
  const abort = new AbortController()
  running.set(id, abort)
  try {
    const client = new OpenAI({ baseURL: base, apiKey: token })
    const answer = await methods[method](client, { ...work, signal: abort.signal, heard: () => say({ id, heard: true }) })
    say({ id, answer })
  } catch (e) {
    say(e instanceof Left ? { id, answer: {} } : { id, failure: failure(e) })
  } finally {
    running.delete(id)
  }
}

createInterface({ input: process.stdin }).on('line', (line) => play(JSON.parse(line)))
