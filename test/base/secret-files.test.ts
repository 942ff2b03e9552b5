// What never enters a prompt, by name.

import assert from 'node:assert/strict';
import { looksSecret } from '../../server/base/secret-files.ts';

describe('secret-looking files', () => {
  it('are those that usually hold keys, tokens and passwords', () => {
    const secrets = [
      '/p/.env',
      '/p/.env.local',
      '/p/prod.env',
      '.npmrc',
      '/h/.netrc',
      '/h/id_rsa',
      '/h/id_ed25519',
      '/h/deploy_rsa',
      '/k/server.pem',
      '/k/SERVER.KEY',
      'store.p12',
      'credentials',
      'credentials.json',
      '/c/secrets.yaml',
      '/h/.ssh/config',
      '/h/.aws/config',
      'C:\\Users\\x\\.ssh\\known_hosts',
      'service-account-prod.json',
      'client_secret_1.json',
      'terraform.tfvars',
      'vault.kdbx',
      'file:///p/.env',
      'wp-config.php',
    ];
    for (const path of secrets) assert.ok(looksSecret(path), path);
  });

  it('are not examples, nor code that only speaks of secrets', () => {
    const harmless = [
      '/p/.env.example',
      '.env.template',
      'environment.ts',
      'credentials.ts',
      'secret-files.ts',
      'tokens.py',
      'keyboard.key.ts',
      'id_rsa.md',
      'password_hash.go',
      'src/auth.rs',
      'untitled:Untitled-1',
      'pem.py',
      'monkey.rs',
      'tokenizer.json',
      'Makefile',
    ];
    for (const path of harmless) assert.ok(!looksSecret(path), path);
  });
});
