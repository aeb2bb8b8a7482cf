// node server.mjs FOLDER OPTIONS: a tus server on 127.0.0.1 that keeps its uploads in FOLDER. Prints
// its port first, then a line for each request: method, status, and what was sent as Upload-Checksum.
// OPTIONS is JSON: port, path, relative (Location), maxSize (bytes), checksum (verifies parts).
import { createHash } from 'node:crypto'
import { truncate } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import { pipeline, Transform } from 'node:stream'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const [directory, text] = process.argv.slice(2)
const options = { port: 0, path: '/files', ...JSON.parse(text) }

// The package lacks this extension.
class VerifyingStore extends FileStore {
  wanted = new Map() // by upload
  constructor(where) {
    super(where)
    this.extensions = [...this.extensions, 'checksum']
  }
  async write(from, id, offset) {
    const [algorithm, digest] = (this.wanted.get(id) ?? '').split(' ')
    if (!algorithm) return super.write(from, id, offset)
    const hash = createHash(algorithm)
    const passing = new Transform({
      transform(chunk, _, done) {
        hash.update(chunk)
        done(null, chunk)
      },
    })
    pipeline(from, passing, () => {})
    const end = await super.write(passing, id, offset).catch(() => offset)
    if (hash.digest('base64') === digest) return end
    await truncate(path.join(directory, id), offset)
    throw { status_code: 460, body: 'Checksum Mismatch\n' }
  }
}

const datastore = options.checksum ? new VerifyingStore({ directory }) : new FileStore({ directory })
const tus = new Server({
  path: options.path,
  datastore,
  relativeLocation: options.relative,
  maxSize: options.maxSize,
  onIncomingRequest: async (request, _, id) => {
    datastore.wanted?.set(id, request.headers['upload-checksum'])
  },
})
const server = http.createServer((request, response) => {
  const sum = request.headers['upload-checksum'] ?? '-'
  const writeHead = response.writeHead.bind(response)
  response.writeHead = (status, ...more) => {
    console.log(request.method, status, sum) // before the client knows it
    return writeHead(status, ...more)
  }
  if (options.checksum) response.setHeader('Tus-Checksum-Algorithm', options.checksum)
  tus.handle(request, response)
})
server.requestTimeout = 0
server.listen(options.port, '127.0.0.1', () => console.log(server.address().port))
