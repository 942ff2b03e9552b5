// Which files look like secrets, by their name alone. Such files never enter a prompt. Knows no file system.

/** Names and endings under which keys, tokens and passwords are usually kept. Matched against the lower-case base name. */
const secretNames: readonly RegExp[] = [
  /^\.env(\..+)?$/,
  /\.env$/,
  /^\.(npmrc|pypirc|netrc|pgpass|htpasswd|git-credentials|dockercfg|vault-token)$/,
  /^_netrc$/,
  /^(id_(rsa|dsa|ecdsa|ed25519)(_.*)?|.*_(rsa|dsa|ecdsa|ed25519))$/,
  /\.(pem|key|p12|pfx|p8|jks|keystore|kdbx|asc|gpg|ovpn|ppk|tfvars|tfstate)$/,
  /^(credentials?|secrets?|passwords?|tokens?)(\.(json|ya?ml|toml|ini|txt|xml|properties|cfg|conf|csv|env|enc))?$/,
  /^(service[-_]?account|client[-_]?secret|gcloud|firebase[-_]adminsdk).*\.json$/,
  /^(auth|kubeconfig|htpasswd|shadow|terraform\.rc|\.terraformrc)$/,
  /^wp-config\.php$/,
];

/** Folders whose every file is a secret. */
const secretFolders = /(^|[\\/])\.(ssh|gnupg|aws|azure|kube|docker|password-store)[\\/]/i;

/** Examples are made to be read: `.env.example` holds no secret. */
const harmless = /\.(example|sample|template|dist)$/;

/**
 * Whether a file's name says that it holds keys or passwords.
 * @param path absolute or relative path, or a uri; only the name and the folders before it are looked at.
 */
export function looksSecret(path: string): boolean {
  const name = (path.split(/[\\/]/).pop() ?? '').toLowerCase();
  if (harmless.test(name)) return false;
  return secretFolders.test(path) || secretNames.some((pattern) => pattern.test(name));
}
