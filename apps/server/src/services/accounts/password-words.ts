/*
 * What people put into passwords, as single pieces: the commonest words of leaked ones, names, seasons, and what belongs to this product.
 * Three letters or more, in lower case, after digits that stand for letters were read as those.
 */
const common = `
  password passwort passwd pass pwd secret private admin administrator root user username login logon signin access account
  welcome hello letmein changeme change default temp temporary guest test testing tester trial demo sample example public
  server servers control serverctl haproxy proxy cluster backend frontend cloud hosting webmaster system network internet
  computer company office work service support manager master mistress boss default database oracle mysql postgres linux ubuntu
  debian windows microsoft google apple facebook twitter linkedin youtube yahoo hotmail gmail mail email internet website
  monkey dragon tiger lion eagle falcon phoenix wolf bear shark horse mustang jaguar panther kitten kitty bunny puppy doggy
  shadow superman batman spiderman ironman pokemon pikachu naruto starwars startrek matrix hunter ranger warrior ninja samurai
  killer soccer football baseball basketball hockey golf golfer tennis cricket rugby cowboys yankees lakers eagles steelers
  packers redskins chelsea arsenal liverpool manchester united barcelona madrid juventus milan bayern ferrari porsche mercedes
  corvette harley yamaha honda toyota ford chevy camaro princess angel angels baby babygirl sweetie sweet honey sugar candy
  cookie chocolate cheese pepper ginger banana apple orange cherry flower butterfly rainbow sunshine sunflower summer winter
  spring autumn fall january february march april may june july august september october november december monday tuesday
  wednesday thursday friday saturday sunday purple yellow green blue black white silver golden diamond crystal
  iloveyou ilove love lover loveme lovely forever together always never happy lucky freedom jesus christ heaven blessed faith
  michael michelle jessica jennifer ashley amanda nicole daniel david thomas robert richard charles charlie william george
  andrew anthony joshua matthew jordan justin brandon martin taylor hannah samantha elizabeth maria alexander alexandra
  natasha ronaldo messi cristiano maggie buster bailey rocky ginger sophie oliver peter harry potter james bond john johnny
  trustno trust nothing whatever fuckyou fuck fucking asshole bitch pussy sexy hotstuff bigdick biteme money dollar million
  cash rich gold power player gamer games gaming minecraft fortnite warcraft world starcraft diablo zelda mario nintendo
  playstation xbox internet music guitar metallica nirvana slipknot eminem rockstar rock star stars killer thunder lightning
  storm fire ice snow water earth moon ocean river mountain america american canada england london paris berlin germany russia
  moscow india china japan tokyo mexico brazil spain france italy texas california florida chicago boston dallas york
  family mother father mommy daddy brother sister friend friends house home school student teacher college university
  correct battery staple open sesame quick brown fox jumps over lazy dog stairway the and for you are this that with from
  one two three four five six seven eight nine ten
`;

export const commonWords: ReadonlySet<string> = new Set(common.match(/[a-z]{3,}/g));

/** Whole phrases of fifteen characters and more that everybody knows; letters and digits alone are compared. */
export const commonPhrases: ReadonlySet<string> = new Set([
  'correcthorsebatterystaple',
  'thequickbrownfoxjumpsoverthelazydog',
  'supercalifragilisticexpialidocious',
  'neversaymypassword',
  'perasperaadastra',
  'tobeornottobethatisthequestion',
  'maytheforcebewithyou',
  'alliwantforchristmas',
  'onceuponatimeinthewest',
  'loremipsumdolorsitamet',
  'twinkletwinklelittlestar',
  'ihaveadreamthatoneday',
  'youshallnotpassword',
  'allyourbasearebelongtous',
  'openthepodbaydoorshal',
  'donttellanyonemypassword',
]);
