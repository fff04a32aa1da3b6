// A signing and verifying service in Express with @digitalbazaar/vc, in as many processes as asked:
// what services of this kind do, without their logs, tenants and configuration.
// Arguments: the workload, the number of processes, the port; it says "listening" when it is.
import cluster from 'node:cluster';
import express from 'express';
import {peersFor} from './credentials.mjs';

const [, , path, processes, port] = process.argv;

if(cluster.isPrimary) {
  let listening = 0;
  cluster.on('listening', () => {
    if(++listening === Number(processes)) {
      console.log('listening');
    }
  });
  for(let number = 0; number < Number(processes); number++) {
    cluster.fork();
  }
} else {
  const {issue, verify} = await peersFor(path);
  const app = express();
  app.use(express.text({type: 'application/json', limit: '1mb'}));
  const answer = work => async (request, response) => {
    try {
      response.type('application/json').send(await work(request.body));
    } catch(error) {
      response.status(400).json({error: String(error?.message ?? error)});
    }
  };
  app.post('/credentials/issue', answer(body => issue(
    'digitalbazaar', 'eddsa-rdfc-2022', JSON.stringify(JSON.parse(body).credential))));
  app.post('/credentials/verify', answer(body => verify(
    'digitalbazaar', 'eddsa-rdfc-2022', JSON.stringify(JSON.parse(body).verifiableCredential))));
  app.listen(Number(port), '127.0.0.1');
}
