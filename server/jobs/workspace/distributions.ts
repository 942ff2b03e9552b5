// How a Python distribution is imported where its name does not say so: from the `top_level.txt` or the documentation of each.

const importedAs: Readonly<Record<string, readonly string[]>> = {
  attrs: ['attr', 'attrs'],
  beautifulsoup4: ['bs4'],
  biopython: ['Bio'],
  'discord-py': ['discord'],
  djangorestframework: ['rest_framework'],
  'faiss-cpu': ['faiss'],
  'faiss-gpu': ['faiss'],
  gitpython: ['git'],
  grpcio: ['grpc'],
  ipython: ['IPython'],
  'markdown-it-py': ['markdown_it'],
  mysqlclient: ['MySQLdb'],
  'opencv-contrib-python': ['cv2'],
  'opencv-python': ['cv2'],
  'opencv-python-headless': ['cv2'],
  pillow: ['PIL'],
  protobuf: ['google'],
  'psycopg2-binary': ['psycopg2'],
  pycryptodome: ['Crypto'],
  pyjwt: ['jwt'],
  pymongo: ['pymongo', 'bson', 'gridfs'],
  pyopenssl: ['OpenSSL'],
  pyserial: ['serial'],
  pytest: ['pytest', '_pytest'],
  'python-dateutil': ['dateutil'],
  'python-docx': ['docx'],
  'python-dotenv': ['dotenv'],
  'python-magic': ['magic'],
  'python-pptx': ['pptx'],
  pyyaml: ['yaml'],
  'ruamel-yaml': ['ruamel'],
  'scikit-image': ['skimage'],
  'scikit-learn': ['sklearn'],
  setuptools: ['setuptools', 'pkg_resources'],
  'websocket-client': ['websocket'],
};

/** @returns every name that the distribution may be imported by; its own in all usual spellings where nothing else is known. */
export function modulesOfDistribution(name: string): readonly string[] {
  const normal = name.toLowerCase().replace(/[-_.]+/g, '-');
  const plain = normal.replaceAll('-', '_');
  // `google-cloud-storage` and its like are parts of one namespace.
  const namespace = normal.startsWith('google-') ? ['google'] : [];
  const guesses = [
    plain,
    name.replace(/[-.]+/g, '_'),
    plain.replace(/^py(?:thon)?_?/, ''),
    plain.replace(/_py(?:thon)?$/, ''),
  ];
  return [...new Set([...(importedAs[normal] ?? []), ...guesses, ...namespace])].filter((one) => one !== '');
}
