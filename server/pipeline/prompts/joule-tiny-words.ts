// The words of joule-tiny's training requests, written by server/models/joule-tiny/recipe/words.py. Knows no prompt.

const words = `
a about above abs absent absolute ac according acronym across actual add added adding addition address adds
adjacent adult after afterwards again age ages agree algorithm align all allowed alnum alone along alphabet
alphabetic alphabetical alphabetically alphanumeric already also alternate alternating altogether always among
amount amounts an anagram anagrams and animal animals another answer answers any anything anywhere apart appear
appearance appears append appended appends apply arbitrarily are area aren't arithmetic armstrong around arr
arrangements array as asc ascending assume assumed asterisks at atleast attach author authors autumn average
averages avg away ax ay b back backwards bad balance balanced balances balls banned bar base batches be because
become becomes been before begin beginning begins behind being belong belongs below best betw between beyond
bid bids big bigger biggest bigrams bill bills binary binomial bisection bits blacked blank blanks block blue
bmi board body book books bool boolean booleans bools border both bottom bound box brackets brand brands break
breaks bring bubble budget build builds bullet bulleted bump but buy buying buzz bx by byfirst bylen bysize
bytes c caesar calc calculate calculates calendar call called came camel camelcase can cap capital capitalize
capitalized capitalizes capitals caps card cards care cart cartesian case cased category ceiling cells celsius
censor center centered centimeters centimetres centre change changed changes changing char character characters
chars chart cheapest check checks child choice choices choose chunk chunks cipher circle circumference cities
city clamp clamps class classes classic classify clean clip clock clockwise close closed closest closing cm
code codes coefficient coin coins collapse collatz collect collects color colors colour cols column columns
combination combinations combine combined combines come comes comma command commands commas comment comments
common compare comparing comparison completely compound compounded compounding compress compute computes concat
concatenate concatenates config cons consecutive consist consisting consists consonant consonants contain
contained containing contains content contiguous conversion convert converted converts copies coprime copy
correct cost costs could count countdown counted counter counters counting countries country counts couple
cover crash crashing create csv cube cubed cubes cuboid cumulative curly current cut cuts cycles d daily dashes
data day days dec decide decimal decimals decode decompress decrease decreased decreasing decrement decremented
decrements decrypt default degrees delete deletes deleting delta deltas den denominator depending depth depths
derive desc descending description determine determines deviation deviations diagonal diagonals dict dict's
dictionaries dictionary dicts did differ difference differences different differs digit digital digits
directions directly disc discount discriminant disjoint distance distances distinct div divide divided divides
dividing divisible division divisor divisors do document does doesn't dollar dollars domain domains don't dot
dots double doubled doubles down drop dropped dropping drops duplicate duplicates duration durations e each
earliest earn edge eight either element elements elementwise else elsewhere email emails empty encipher encode
encoded encoding encrypt encrypted end ending ends english ensure entries entry enumerate enumeration eps eq
equal equally equals equation eratosthenes error euclid's euclidean eval even evenly evenness evens every
everyone everything everywhere exact exactly exactlyone example exceed exceeding exceeds except exchange
exchanged exclamation excluded exist exists exp expand expected exponent expr express extension extract
extracts extremes f factor factorial factorization factors fahrenheit fail failing fails fall fallback false
far farthest fastest february fee fees fence fetch fewer fewest fib fibonacci field fields file filename
filenames files fill filled fills filter filtered filters final finally find finds fine finish first firstn
firstwhere fits five fix fizz fizzbuzz flag flags flat flatten flattens flip flips float folder folders follow
followed for forgiving form format formats formatted formed forms forward forwards found four fraction free
frequencies frequency frequent frequently friend friends from front fruit fruits full fully function furthest g
gain gaps gather gcd ge generate genres get gets getting give given gives giving glue glued go goal goes gone
grade grades grand greater greatest green greet greeting gregorian grid gross group grouped groups grow growing
growth gt guest guests h half halfway halve halved halves halving hamming handle harshad has hasdigit hashtag
hashtags hasnt have having head header headers headline height heights hello helper helpers hex hexadecimal hh
hi hide high higher highest highs histogram hit hits hold holding holds horizontally host hosts hour hours how
human hyphens hypotenuse i id identical identity ids if ignore ignored ignores ignoring image immediately
implement implements import imports in inc inches include included includes including inclusive increase
increased increases increasing increment incremented increments indent indented index indices inequality
initial initials inner input inputs insensitive insensitively insert inserted inserting insertion inserts
inside instead int integer integers interest interleave interpret intersection intersperse interval intervals
into ints inventories inventory invert inverts is isalpha isc isdigit islower isn't isogram isupper it it's
item items its itself j join joined joins jump just justify k kadane's kb keep keeping keeps kelvin kept key
keys keyswheresorted keywords kg kilograms kilometer kilometers kilometres kinds km knock know kth label labels
lacking language languages large larger largest last lastn later latin lb lcm le leading leap least leave
leaves leaving left legs len length lengths less let let's letter letters level levels lie lies like limit
limited limits line linear lines list list's listed lists lo load local location long longer longest look looks
lookup loop low lower lowercase lowercased lowercases lowered lowers lowest lown lst lt m made main majority
make makes manhattan many map mapping maps mapthose march mark markdown marks mask mass match matched matches
matching matrices matrix matter matters max maxima maximal maximum may maybe mb me mean means measure
measurement measurements median medium meet member members merge merges merging message messages method methods
middle midnight midpoint miles min mind mine minimal minimum minlen minus minute minutes mirror missing mixed
mm mocking mod mode modify module modules modulo monday month more most move moved moves movie movies moving
movy much mul multiple multiples multiplication multiplied multiplies multiply multiplying my n name named
names narcissistic nd ndiv ne nearest necessarily need needed neg negate negated negates negative neighbouring
neighbours neither nested never new next nine no nobody node nodes nodigit noletter non nonblank none nonempty
nonneg nonspace nonzero nopunct nor normalization normalize normalizes not notc note nothing noun noupper
novowel now nowhere nth num number numbered numbers numeral numerals numerator numeric nums nuniq o obtained
occur occurred occurrence occurrences occurs odd odds of off offset offsets often old older oldest on once one
one's onedigit ones only opening opposites option optional options or ord order ordered orders ordinal original
other others otherwise out outcome output outputs outside over overlap overlapping overlaps overridden
overriding own p pack pad padded pads pages pair pairs pairwise pal palindrome palindromes palindromic pangram
paragraph parallel parameters parent parentheses parenthesis parity parse parsed parses part partition
partitions parts pascal pascal's pascalcase pass password past path paths pay payment payments pays peaks
people per percent percentage percentages perfect perimeter permutations person person's phrase pi pick picks
piece pieces pig pivot place places plain planet planets play player players please pls pluck plural pluralize
plus point points popcount population pos position positions positive possible possibly pound pounds power
powers preceded precedence predecessor prefix prefixed prepend prepended prepends present previous price prices
prime primes principal print process prod produce produces product products profit progression proper properly
proportion punct punctuation purchase purchases push put puts pythagoras python quadratic qualify quantities
quantity quarter query question questions quick quicksort quote quotient r radius raise raised raises range
ranges rank ranked ranking rate rates rating ratings raw rd reach reaches read readable reading readings reads
rearranged record records rectangle recursive recursively red reduce reduced reduces regard regardless region
regions relatively remainder remainders remaining remove removed removes removing rename renamed reordering
repeat repeated repeatedly repeating repeats repetitions replace replaced replaces replacing report
representation represents required rest restrict restricted result resulting results retain return returning
returns rev reversals reverse reversed reverses reversing review rewrite rgb rid right rise rising river rivers
rle rolling roman room rooms root rot rotate rotated rotates rotation rotations rough round rounded rounding
rounds row rows rule rules run running runs s safe safely salaries salary sale sales same sample samples
saturday say says scalar scale scaled scales scaling scan score scores search season second seconds secret see
seen segments select selecting selection selects sell selling sentence sentences sep separate separated
separately separates separator separators seq sequence series set settings seven several share shared shift
shifting shifts short shorten shortens shorter shortest should shout show shown shows side sides sieve sign
significant signum simple simplify simply since single six size sizes skip skipping skips slash slice slices
sliding slug small smaller smallest snake so solve some somebody something somewhere song songs sort sorted
sorts source space spaces span speed speeds spell spelled spelling split splits spread spring square squared
squares ss st stable stand standard stands star stars start starting starts stat stats stay stays step steps
stick still stock stop stops str straight streak street streets stretch strictly string strings strip stripped
strips strong strung stuck student students style sub subarray subarrays sublist sublists subsequence subset
subsets substring substrings subtract subtracted subtracting subtracts successive such suffix sum summary
summed summer summing sums sunday sure surface surround surrounding swap swapped swapping swaps symbol symbols
symmetric t table tag tags take taken takes taking tally target task tax taxicab team teams teenager tell tells
temp temperature temps ten term terms test text texts th than that the their them then there these they they're
thing things third this those thousands three threshold through throw throwing thrown throws tidy tie tied ties
time times timing timings tip title titles to todo together toggle token tokens tolerance too tool tools top
topn total totals touch touches touching trace trade trailing transpose triangle triangular trim trimmed trims
triple tripled triples true truncate truncates tuple tuples turn turned turns twelve twice two u unchanged
under underscore underscores undo union uniq unique unit unknown unless unnest unordered unpack unpadded until
untouched unzip up updated upper uppercase uppercased uppercases uppers upwards url urls use used user username
usernames users using utility v valid value valueerror values variance vat vector vectors verify versa version
vice visible visited volume vote votes vowel vowels w wages want wanted was way ways we weekday weekend weight
weighted weights were what what's when where wherever whether which whichever while whitespace who whole whose
wide width widths win window windows wins winter wise with within without word words work works would wrap
wrapping write writes written wrong x xs y year yearly years yes yet yield yields you youngest yours ys z zero
zeros zip
`;

export const knownWords: ReadonlySet<string> = new Set(words.split(/\s+/));
