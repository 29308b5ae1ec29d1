// What the Node.js driver finds at a server of `cmap serve`.
//
// usage: node checks.mjs SCENARIO URI [FOLDER]      FOLDER: of the test certificates
//
// Prints "PASS what" or "FAIL what: why" for each check. Exit status: 0 all passed, 1 not.
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

// The driver is installed below build/: NODE_MODULES names that folder.
const require = createRequire(path.join(process.env.NODE_MODULES, 'here.js'));
const { MongoClient } = require('mongodb');

let failures = 0;

async function check(what, action) {
  let wrong;
  try {
    wrong = await action();
  } catch (error) {
    wrong = `${error.name}: ${error.message}`;
  }
  if (wrong) ++failures;
  console.log(wrong ? `FAIL ${what}: ${wrong}` : `PASS ${what}`);
}

function equal(actual, expected) {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  return is === should ? undefined : `${is}, not ${should}`;
}

/** The code with which the server refuses. */
async function codeOf(action) {
  try {
    await action();
    return 0;
  } catch (error) {
    return error.code;
  }
}

/** `action` gets a client, which is closed after it. */
async function withClient(uri, options, action) {
  const client = new MongoClient(uri, {
    serverSelectionTimeoutMS: 10_000,
    retryWrites: false,
    ...options,
  });
  try {
    return await action(client);
  } finally {
    await client.close();
  }
}

const ping = async client => equal((await client.db('admin').command({ ping: 1 })).ok, 1);

async function documents(client) {
  const things = client.db('test').collection('node_things');
  await things.drop();
  const all = Array.from({ length: 250 }, (_, number) => ({ _id: number, even: number % 2 === 0 }));
  await things.insertMany(all);
  // More than one batch.
  const found = await things.find().toArray();
  return equal(found, all) ?? equal(await things.findOne({ _id: 42 }), { _id: 42, even: true });
}

async function failPoint(client, data) {
  await client.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: { times: 1 },
    data: { failCommands: ['ping'], ...data },
  });
}

async function plain(uri) {
  await withClient(uri, {}, async client => {
    await check('connects and pings', () => ping(client));
    await check('inserts and finds', () => documents(client));
    await check('sees the error of a fail point', async () => {
      await failPoint(client, { errorCode: 8000 });
      return equal(await codeOf(() => ping(client)), 8000) ?? ping(client);
    });
    await check('sees the end of its connection by a fail point', async () => {
      await failPoint(client, { closeConnection: true });
      try {
        await ping(client);
      } catch (error) {
        return equal(error.name, 'MongoNetworkError') ?? ping(client);
      }
      return 'no error';
    });
    await check('is told of unknown commands', async () =>
      equal(await codeOf(() => client.db('admin').command({ fly: 1 })), 59));
  });
}

async function auth(uri) {
  const ada = password => ({ auth: { username: 'ada', password } });
  for (const authMechanism of ['SCRAM-SHA-1', 'SCRAM-SHA-256']) {
    await check(`logs in with ${authMechanism}`, () =>
      withClient(uri, { ...ada('pencil'), authMechanism }, ping));
    await check(`is refused with ${authMechanism} and a wrong password`, async () =>
      equal(await codeOf(() => withClient(uri, { ...ada('pen'), authMechanism }, ping)), 18));
  }
  await check('logs in with what the server prefers', () => withClient(uri, ada('pencil'), ping));
  await check('may do nothing without a user', async () =>
    equal(await codeOf(() => withClient(uri, {}, ping)), 13));
}

async function tls(uri, folder) {
  await check('connects by TLS and pings', () => withClient(uri, {}, ping));
  await check('refuses a certificate of an unknown authority', async () => {
    const options = {
      tlsCAFile: path.join(folder, 'other-ca.pem'),
      serverSelectionTimeoutMS: 500,
    };
    try {
      await withClient(uri, options, ping);
    } catch (error) {
      return /certificate/.test(error.message) ? undefined : error.message;
    }
    return 'no error';
  });
  const tlsCertificateKeyFile = path.join(folder, 'client.pem');
  await check('logs in with its certificate', () =>
    withClient(uri, { tlsCertificateKeyFile, authMechanism: 'MONGODB-X509' }, ping));
}

async function replicaSet(uri) {
  await withClient(uri, { heartbeatFrequencyMS: 500 }, async client => {
    const types = new Map();
    let primary;
    client.on('topologyDescriptionChanged', ({ newDescription }) => {
      for (const [host, server] of newDescription.servers) {
        types.set(host, server.type);
        if (server.type === 'RSPrimary') primary = host;
      }
    });
    await check('finds the primary', () => ping(client));
    await check('finds all members', async () => {
      const readPreference = 'secondary';
      await client.db('admin').command({ ping: 1 }, { readPreference });
      while ([...types.values()].includes('Unknown')) await ping(client);
      return equal([...types.values()].sort(), ['RSPrimary', 'RSSecondary', 'RSSecondary']);
    });
    await check('inserts and finds', () => documents(client));
    await check('follows a step-down', async () => {
      const before = primary;
      await client.db('admin').command({ replSetStepDown: 60 });
      for (let tries = 0; tries < 100; ++tries) {
        if ((await codeOf(() => client.db('test').collection('t').insertOne({}))) === 0) break;
      }
      return primary === before ? 'the primary is the same' : undefined;
    });
  });
}

async function loadBalanced(uri) {
  await withClient(uri, {}, async client => {
    await check('connects through a load balancer and pings', () => ping(client));
    await check('inserts and finds', () => documents(client));
  });
}

const scenarios = { plain, auth, tls, 'replica-set': replicaSet, 'load-balanced': loadBalanced };
const [scenario, uri, folder] = process.argv.slice(2);
if (scenario === 'version') console.log(require('mongodb/package.json').version);
await scenarios[scenario]?.(uri, folder);
process.exitCode = failures ? 1 : 0;
