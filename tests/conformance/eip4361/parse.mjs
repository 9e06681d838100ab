// Reads texts from standard input, one {"one": text, "grammar": boolean} a line, and writes what two parsers make of
// each, in that order: {"abnf": fields or null, "regex": fields or null}, null where a text is no EIP-4361. The grammar
// takes 5 ms a text: without "grammar" there is no "abnf".
//
// abnf: @spruceid/siwe-parser 2.1.0, the grammar of the EIP run by a parser generator. MetaMask decides with it whether
//   a text is a sign-in, and only then compares the domain: its strictness is what matters most.
// regex: ox 0.14.67, two regular expressions, with no code in common. viem reads texts with it, and most sites with
//   viem, which would bring 83 MB where ox brings 22. Its statement is any one line.

import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

async function parseAll(texts) {
  const { default: { ParsedMessage } } = await import('@spruceid/siwe-parser')
  const { parseMessage } = await import('ox/Siwe')
  return texts.map(({ one, grammar }) => ({
    ...(grammar && { abnf: fields(() => new ParsedMessage(one)) }),
    regex: fields(() => parseMessage(one)),
  }))
}

function fields(parse) {
  let read
  try {
    read = parse()
  } catch {
    return null
  }
  // ox does not throw: it leaves out what it did not find.
  if (read.domain === undefined || read.nonce === undefined) return null
  return {
    scheme: read.scheme ?? '',
    domain: read.domain,
    address: read.address,
    statement: read.statement ?? '',
    uri: read.uri,
    version: read.version,
    chainId: read.chainId,
    nonce: read.nonce,
    issuedAt: new Date(read.issuedAt).toISOString(),
    expirationTime: new Date(read.expirationTime).toISOString(),
    notBefore: read.notBefore ?? '',
    requestId: read.requestId ?? '',
    resources: read.resources ?? [],
  }
}

function inWorker(texts) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: texts })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

if (isMainThread) {
  const texts = (await text(process.stdin)).split('\n').filter(Boolean).map((line) => JSON.parse(line))
  // All cores share them.
  const size = Math.ceil(texts.length / availableParallelism())
  const parts = []
  for (let start = 0; start < texts.length; start += size) parts.push(inWorker(texts.slice(start, start + size)))
  const read = (await Promise.all(parts)).flat()
  process.stdout.write(read.map((one) => JSON.stringify(one) + '\n').join(''))
} else {
  parentPort.postMessage(await parseAll(workerData))
}
