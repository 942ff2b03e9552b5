// OLLAMA_HOST in every form, and the rule that code stays on this machine.

import assert from 'node:assert/strict';
import { EngineFailure } from '../../server/models/engine.ts';
import { parseOllamaHost, resolveOllamaAddress } from '../../server/models/ollama-host.ts';

describe('OLLAMA_HOST', () => {
  const forms: Record<string, string> = {
    '': 'http://127.0.0.1:11434',
    '127.0.0.1': 'http://127.0.0.1:11434',
    '127.0.0.1:1234': 'http://127.0.0.1:1234',
    ':1234': 'http://127.0.0.1:1234',
    localhost: 'http://localhost:11434',
    'example.com': 'http://example.com:11434',
    'example.com:56789': 'http://example.com:56789',
    'http://1.2.3.4': 'http://1.2.3.4:80',
    'https://1.2.3.4': 'https://1.2.3.4:443',
    'https://1.2.3.4:4321': 'https://1.2.3.4:4321',
    'HTTPS://example.com': 'https://example.com:443',
    'example.com/': 'http://example.com:11434',
    'example.com:8080/': 'http://example.com:8080',
    'https://example.com/ollama/': 'https://example.com:443/ollama',
    'example.com:8080/deep/er': 'http://example.com:8080/deep/er',
    '[::1]': 'http://[::1]:11434',
    '[::1]:1337': 'http://[::1]:1337',
    '::1': 'http://[::1]:11434',
    'http://[::1]:1337/': 'http://[::1]:1337',
    '"0.0.0.0"': 'http://127.0.0.1:11434',
    "'1.2.3.4:5'": 'http://1.2.3.4:5',
    ' 0.0.0.0:5678 ': 'http://127.0.0.1:5678',
    '0': 'http://127.0.0.1:11434',
    '[::]:5678': 'http://[::1]:5678',
    '::': 'http://[::1]:11434',
    '127.1': 'http://127.0.0.1:11434',
    '127.0.0.1:': 'http://127.0.0.1:11434',
    '127.0.0.1:66000': 'http://127.0.0.1:11434',
    '127.0.0.1:-1': 'http://127.0.0.1:11434',
    'https://127.0.0.1:x': 'https://127.0.0.1:443',
    'ollama.com': 'https://ollama.com:443',
  };
  for (const [value, expected] of Object.entries(forms)) {
    it(`reads ${JSON.stringify(value)} as ${expected}`, () => assert.equal(parseOllamaHost(value).baseUrl, expected));
  }

  for (const value of [
    'ftp://x',
    'http://user:secret@host',
    'a b',

    'fe80::1%eth0',
    'host?x=1',
    'host#a',
  ]) {
    it(`says what is wrong with ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => parseOllamaHost(value),
        (error: unknown) =>
          error instanceof EngineFailure &&
          error.kind === 'malformed' &&
          !/secret/.test(error.message) &&
          error.mend !== '',
      );
    });
  }

  it('knows loopback in every spelling', () => {
    for (const value of [
      'localhost',
      '127.0.0.1',
      '127.8.9.1',
      '::1',
      '0.0.0.0',
      '[::ffff:127.0.0.1]:1',
      '127.1',
      '2130706433',
    ]) {
      assert.equal(parseOllamaHost(value).isLoopback, true, value);
    }
    for (const value of [
      '10.0.0.1',
      '128.0.0.1',
      '::2',
      'localhost.example.com',
      '127.0.0.1.example.com',
      '[::ffff:10.0.0.1]',
    ]) {
      assert.equal(parseOllamaHost(value).isLoopback, false, value);
    }
  });

  it('takes the environment before the setting, and the default last', () => {
    const resolve = (OLLAMA_HOST: string | undefined, host: string | undefined): string =>
      resolveOllamaAddress({ env: { OLLAMA_HOST }, host, allowRemote: false }).baseUrl;
    assert.equal(resolve(':1', ':2'), 'http://127.0.0.1:1');
    assert.equal(resolve(' ', ':2'), 'http://127.0.0.1:2');
    assert.equal(resolve(undefined, undefined), 'http://127.0.0.1:11434');
  });

  it('refuses another machine until the owner allows it', () => {
    const settings = { env: { OLLAMA_HOST: 'gpu.example.com' }, allowRemote: false };
    assert.throws(
      () => resolveOllamaAddress(settings),
      (error: unknown) =>
        error instanceof EngineFailure &&
        error.kind === 'refused' &&
        /allowRemote.*config\.json/.test(error.mend ?? ''),
    );
    assert.equal(resolveOllamaAddress({ ...settings, allowRemote: true }).baseUrl, 'http://gpu.example.com:11434');
  });
});
