// Starts real Bluesky servers on loopback: `node servers.mjs full|light FOLDER`, settings as JSON in the environment.
//
// Says {"ready": {...addresses}} on one line, then obeys one command a line: "settle" (everything that was written has
// been indexed; answered with {"settled": true}), "stop". When its input ends, because whoever started it has died, it
// stops too.
import net from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'

// Every one of these servers would listen on all interfaces.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  if (typeof first === 'number' || typeof first === 'string') {
    return listen.call(this, { port: Number(first), host: '127.0.0.1' }, ...rest.filter((part) => typeof part === 'function'))
  }
  return listen.call(this, { host: '127.0.0.1', ...first }, ...rest)
}

const [mode, folder] = process.argv.slice(2)
const settings = JSON.parse(process.env.RESONANZ_SERVERS ?? '{}')
const pdsSettings = {
  rateLimitsEnabled: Boolean(settings.rateLimits),
  enableDidDocWithSession: true,
  hostname: 'localhost',
}

async function full() {
  const { TestNetwork } = await import('@atproto/dev-env')
  const network = await TestNetwork.create({ dbPostgresSchema: 'resonanz', pds: pdsSettings })
  return {
    addresses: {
      pds: `http://localhost:${network.pds.port}`,
      plc: network.plc.url,
      appview: `http://localhost:${network.bsky.port}`,
      appviewDid: network.bsky.serverDid,
    },
    settle: () => network.processAll(30_000),
    stop: () => network.close(),
  }
}

async function light() {
  const { Database, PlcServer } = await import('@did-plc/server')
  const { PDS } = await import('@atproto/pds')
  const { Secp256k1Keypair } = await import('@atproto/crypto')
  const plcPort = await freePort()
  const plc = PlcServer.create({ db: Database.mock(), port: plcPort })
  await plc.start()
  const rotation = await Secp256k1Keypair.create({ exportable: true })
  const port = settings.port ?? (await freePort())
  const pds = await PDS.fromEnv({
    devMode: true,
    port,
    dataDirectory: path.join(folder, 'pds'),
    blobstoreDiskLocation: path.join(folder, 'blobs'),
    recoveryDidKey: (await Secp256k1Keypair.create()).did(),
    plcRotationKeyK256PrivateKeyHex: Buffer.from(await rotation.export()).toString('hex'),
    adminPassword: 'admin',
    jwtSecret: 'jwt-secret', // as dev-env's: tests make stale tokens with it
    serviceHandleDomains: ['.test'],
    didPlcUrl: `http://localhost:${plcPort}`,
    inviteRequired: false,
    disableSsrfProtection: true,
    ...pdsSettings,
  })
  await pds.start()
  return {
    addresses: { pds: `http://localhost:${port}`, plc: `http://localhost:${plcPort}` },
    settle: () => pds.ctx.backgroundQueue.processAll(),
    stop: async () => {
      await pds.destroy()
      await plc.destroy()
    },
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)


const fs = await import('node:fs/promises')
if (mode === 'light') await fs.mkdir(path.join(folder, 'pds'), { recursive: true })
const servers = mode === 'full' ? await full() : await light()
say({ ready: servers.addresses })

let stopping = false
async function stop() {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(0), 5_000).unref()
  await servers.stop().catch(() => undefined)
  process.exit(0)
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'settle') {
    await servers.settle().then(
      () => say({ settled: true }),
      (error) => say({ error: String(error) }),
    )
  }
  if (line === 'stop') break
}
await stop()
