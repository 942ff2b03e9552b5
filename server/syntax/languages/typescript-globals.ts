// Names that every JavaScript or TypeScript text may use: the language, Node, browsers, workers, common test runners.

import { words } from '../tree.ts';

/** Whether a name is there without being bound by the text. Generous: a wrong "yes" costs less than a wrong "no". */
export function isGlobalName(name: string): boolean {
  return globals.has(name) || platformFamily.test(name);
}

/** Families of the browsers' and the TypeScript library's types, too many to list. */
const platformFamily =
  /^(HTML|SVG|MathML|CSS|DOM|IDB|RTC|WebGL|GPU|Media|Audio|Video|Text(Track|Metrics)|Speech|Service|Payment|Performance|Readable|Writable|Transform|XML|XPath|XSLT|Canvas|Image|Intersection|Mutation|Resize|Storage|Shadow|Screen|Push|Notification|Animation|Async|Promise|Iterator|Iterable|Generator|ArrayBuffer|Array|Template|Regexp|RegExp|Property|Typed|Proxy|Weak|Readonly|Callable|Newable|Uint|Int|Float|Big)[A-Z0-9]\w*$|^\w+(Event|EventMap|Element|EventHandler|Constructor|Iterator)$/;

const globals = words(`
  AbortController AbortSignal AggregateError Array ArrayBuffer ArrayLike AsyncDisposableStack AsyncGenerator
  AsyncIterable AsyncIterator Atomics Attr Awaited BigInt Blob Boolean BroadcastChannel Buffer BufferEncoding
  BufferSource Bun ByteLengthQueuingStrategy CDATASection Cache CacheStorage Capitalize CharacterData Clipboard
  CloseEvent Comment CompressionStream ConstructorParameters CountQueuingStrategy Credential Crypto CryptoKey
  CustomElementRegistry DataTransfer DataView Date DecompressionStream Deno DisposableStack Document DocumentFragment
  Error ErrorOptions EvalError Event EventListener EventListenerObject EventSource EventTarget Exclude Extract File
  FileList FileReader FileSystem FinalizationRegistry FontFace FormData Function FunctionConstructor Generator
  Geolocation Headers HeadersInit History Infinity InstanceType Intl Iterable IterableIterator Iterator JSON JSX
  JestMockFn Location Lowercase Map Math MessageChannel MessagePort NaN NaNConstructor Navigator NoInfer Node NodeFilter
  NodeJS NodeList NodeListOf NodeRequire NonNullable Notification Number Object Omit OmitThisParameter Option Parameters
  Partial Path2D Pick Plugin Promise PromiseLike Proxy PropertyDescriptor PropertyKey Range RangeError Readonly
  ReadonlyArray ReadonlyMap ReadonlySet Record ReferenceError Reflect RegExp Request RequestInit RequestInfo Required
  Response ResponseInit ReturnType Selection Set SharedArrayBuffer SharedWorker String SubtleCrypto SuppressedError
  Symbol SyntaxError Text TextDecoder TextEncoder ThisParameterType ThisType TimerHandler Touch TypeError URIError URL
  URLSearchParams Uncapitalize Uppercase WeakMap WeakRef WeakSet WebAssembly WebSocket Window WindowProxy Worker
  Worklet XMLHttpRequest Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array
  Float64Array Uint8ClampedArray BigUint64Array BigInt64Array

  __dirname __filename addEventListener alert arguments atob btoa caches cancelAnimationFrame cancelIdleCallback
  chrome browser clearImmediate clearInterval clearTimeout close confirm console const createImageBitmap crypto
  customElements decodeURI decodeURIComponent define devicePixelRatio dispatchEvent document encodeURI
  encodeURIComponent escape eval event exports external fetch focus frames getComputedStyle getSelection global
  globalThis history importScripts indexedDB innerHeight innerWidth isFinite isNaN localStorage location matchMedia
  module moveTo name navigator onmessage open opener origin outerHeight outerWidth parent parseFloat parseInt
  performance postMessage print process prompt queueMicrotask removeEventListener reportError requestAnimationFrame
  requestIdleCallback require screen screenX screenY scroll scrollBy scrollTo scrollX scrollY self sessionStorage
  setImmediate setInterval setTimeout status stop structuredClone top undefined unescape visualViewport window

  $ jQuery React afterAll afterEach after assert before beforeAll beforeEach context cy describe expect fail fdescribe
  fit it jasmine jest mocha pending setup spyOn suite suiteSetup suiteTeardown teardown test vi vitest xdescribe xit
  any asserts bigint boolean infer intrinsic is keyof never number object override readonly string symbol unique
  unknown void async await of get set static type`);
