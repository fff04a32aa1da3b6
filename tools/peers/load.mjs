// Sends requests over kept connections to addresses of this machine, and tells how many were answered.
// One request as JSON on standard input: {"urls", "bodies", "connections", "seconds"}; each URL gets
// its share of the connections.  Anything but a status of 200 or 201 ends the measurement.
import http from 'node:http';
import {readFileSync} from 'node:fs';

const {urls, bodies, connections, seconds} = JSON.parse(readFileSync(0, 'utf8'));
const agent = new http.Agent({keepAlive: true, maxSockets: connections});
const times = [];
let next = 0;

function send(url, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, {
      agent, method: 'POST',
      headers: {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)}
    }, response => {
      const parts = [];
      response.on('data', part => parts.push(part));
      response.on('end', () => response.statusCode === 200 || response.statusCode === 201 ?
        resolve() : reject(new Error(`${response.statusCode}: ${Buffer.concat(parts)}`)));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function connection(url, end) {
  while(performance.now() < end) {
    const begun = performance.now();
    await send(url, bodies[next++ % bodies.length]);
    times.push(performance.now() - begun);
  }
}

async function run(duration) {
  times.length = 0;
  const begun = performance.now();
  const all = Array.from({length: connections}, (_, number) =>
    connection(new URL(urls[number % urls.length]), begun + duration * 1000));
  await Promise.all(all);
  return (performance.now() - begun) / 1000;
}

try {
  await run(Math.min(1, seconds / 2));
  const took = await run(seconds);
  times.sort((a, b) => a - b);
  const at = share => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  console.log(JSON.stringify({
    per_second: times.length / took, p50: at(0.5), p99: at(0.99), answered: times.length
  }));
} catch(error) {
  console.log(JSON.stringify({error: String(error?.message ?? error).slice(0, 500)}));
}
agent.destroy();
