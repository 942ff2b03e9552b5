// The modules that come with a language. Names only, as these commands print them; who lacks one has an older or newer version.
//
//   Python   python3 -c "import sys; print(*sys.stdlib_module_names)"    CPython 3.11 and 3.14 together, without private ones
//   Node     node -p "require('module').builtinModules"                  Node 20.20 and 24.21 together
//   Go       go list std                                                 Go 1.26.8, without internal and vendored packages
//   Rust     the crates that every target has (doc.rust-lang.org/std, /core, /alloc, /proc_macro, /test)

const python = words(`
  __future__ _thread abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop
  base64 bdb binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections
  colorsys compileall compression concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes
  curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno
  faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob
  graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools
  json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib
  msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev
  pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty
  pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy
  sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd
  sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable
  sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this threading time timeit tkinter token
  tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu
  uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib
  zoneinfo`);

const node = words(`
  assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel
  dns dns/promises domain events fs fs/promises http http2 https inspector inspector/promises module net os path
  path/posix path/win32 perf_hooks process punycode querystring readline readline/promises repl sea sqlite stream
  stream/consumers stream/promises stream/web string_decoder sys test test/reporters timers timers/promises tls
  trace_events tty url util util/types v8 vm wasi worker_threads zlib`);

const go = words(`
  archive/tar archive/zip bufio bytes cmp compress/bzip2 compress/flate compress/gzip compress/lzw compress/zlib
  container/heap container/list container/ring context crypto crypto/aes crypto/cipher crypto/des crypto/dsa
  crypto/ecdh crypto/ecdsa crypto/ed25519 crypto/elliptic crypto/fips140 crypto/hkdf crypto/hmac crypto/hpke
  crypto/md5 crypto/mlkem crypto/mlkem/mlkemtest crypto/pbkdf2 crypto/rand crypto/rc4 crypto/rsa crypto/sha1
  crypto/sha256 crypto/sha3 crypto/sha512 crypto/subtle crypto/tls crypto/x509 crypto/x509/pkix database/sql
  database/sql/driver debug/buildinfo debug/dwarf debug/elf debug/gosym debug/macho debug/pe debug/plan9obj embed
  encoding encoding/ascii85 encoding/asn1 encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/gob
  encoding/hex encoding/json encoding/pem encoding/xml errors expvar flag fmt go/ast go/build go/build/constraint
  go/constant go/doc go/doc/comment go/format go/importer go/parser go/printer go/scanner go/token go/types
  go/version hash hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash html html/template image image/color
  image/color/palette image/draw image/gif image/jpeg image/png index/suffixarray io io/fs io/ioutil iter log
  log/slog log/syslog maps math math/big math/bits math/cmplx math/rand math/rand/v2 mime mime/multipart
  mime/quotedprintable net net/http net/http/cgi net/http/cookiejar net/http/fcgi net/http/httptest
  net/http/httptrace net/http/httputil net/http/pprof net/mail net/netip net/rpc net/rpc/jsonrpc net/smtp
  net/textproto net/url os os/exec os/signal os/user path path/filepath plugin reflect regexp regexp/syntax runtime
  runtime/cgo runtime/coverage runtime/debug runtime/metrics runtime/pprof runtime/race runtime/trace slices sort
  strconv strings structs sync sync/atomic syscall testing testing/cryptotest testing/fstest testing/iotest
  testing/quick testing/slogtest testing/synctest text/scanner text/tabwriter text/template text/template/parse time
  time/tzdata unicode unicode/utf16 unicode/utf8 unique unsafe weak`);

const rust = words('std core alloc proc_macro test');

/** @param module Python: the first part of the dotted name; Node: with or without `node:`; Go: the path; Rust: the crate. */
export function isStandardModule(language: 'python' | 'javascript' | 'go' | 'rust', module: string): boolean {
  switch (language) {
    case 'python':
      return python.has(module);
    case 'javascript':
      return node.has(module.replace(/^node:/, ''));
    case 'go':
      return go.has(module);
    case 'rust':
      return rust.has(module);
  }
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
