"""Lists of words that tell names from what only looks like one: English, general, nothing of any dossier."""

# ruff: noqa: SIM905
# Lists of words read best as words.

from __future__ import annotations

# Words that begin sentences with a capital and name nothing.
STARTERS = frozenset(
    """a about above academic accidents according across action active actors addition additional addressing adoption advanced after again against
    age agreement agreements aid aims air airlines airports alcohol all allowed almost along already also although always ambassadors amid among
    an and animals annual another answers any area areas arms army around arrivals art as asked assets at authorities authority average away
    back bad bank banking banks barriers based batteries beaches because become beef been beer before being below benefits beside besides better
    between beyond bids big bilateral bills birds birth black blue boats bombs bond bonds books border borders borrowers both bottom bounded
    boys brands bread bridges broad budget budgets build building builds bus buses business but buyers by cables call called calls campaigns can
    cancer capital car carbon cards care cargo carriers cars case cash casualties cement central centuries certain chains challenge challenges
    chance chances change changes charges chemicals chief children chips cities citizens civil claims class clean climate close cloud clubs co
    coal coalition coastal coffee collaboration college colleges combined come comments commerce committees common companies company compared
    complaints complete compliance composed comprehensive computers concern concerns conclusion concrete conditions conference conflict consent
    construction consumer consumers contact content context contracts control cooperation copper core corn corporate corruption cost costs
    cotton could council countries country courts crews crime critical crops cross cross-border crucially crude cultural culture currency
    currently customers customs cuts cycles daily dams danger data day deadlines deals death deaths debates debt debts decades decisions deep
    deepening defence defense deficit deficits delays delegates deliveries delivery demand demands democratic demonstrates deposits despite
    detail details development devices dialogue did diesel differences digital diplomatic diplomats direct directly disasters discipline
    discussions diseases disputes distance districts do doctors documents does domestic donors doubts down draft drones drought drugs dry due
    during duties duty each earlier early earnings earth earthquakes east economic economists education effort efforts eight either elections
    electoral electric electronics eleven emergency emissions employees employers employment enabled encouraging energies energy engineers
    enhanced enhancing enough entry environment equipment equity errors especially establishment even events every everyone everything evidence
    examples exams except exchange exercises exit expanded expanding expansion experts exporters exports external extra faces factories family
    far farm farmers fast fears feedback fees female fertiliser fertility few fewer fields fifteen fifty fights figures films final finalising
    finally finance financial find fines fire firms first fish five fleets flights floods flow flows focus follow food foods for force forces
    forecasts foreign forests former forms forty foundation four fourth frameworks free freedom freight frequent fresh friends friendship from
    fruit fuel fuels full fund funds further future gains games gaps garments gas gender general generally geology geopolitical girls given
    glass global go goals goats gold good goods government governments grain grains grants grass great green ground groups growth guards guest
    guests guidance guns habits half hard hardware harvests has have he heads health heat heavy helium help hence her here high higher highways
    hiring his historic history holdings holidays home homes hopes horses hospitals host hotels hours households houses housing how however
    human hundreds hunger hydrogen ice ideas if illegal immigrants immigration important imports in include including income incomes increasing
    indeed index industrial industry infant inflation information infrastructure initial initially injuries innovation inside instead
    institutions insurance insurers interest interests international interviews into investment investments investors iron is islands issues it
    items its job jobs joint journalists judges junior just justice key kids kilometres knowledge labour labs ladies lakes land lands language
    large larger last late later latest launch law laws lawyers lead leader leaders leadership leather leave legal lenders less lessons let
    letters levels liberal libraries life light like likewise limits lines linking links liquidity lithium little livestock loans lobby local
    location logistics long looking loss losses love low lower luck machinery machines made magnets mail main maize major majority make makers
    making male man managers manufacturing many maps margins marine maritime marked market markets mass massive materials may mayors meanwhile
    meat media medical medicine medium meeting members memoranda memory men mental merchants messages metals methods metro migrants migration
    miles military milk million millions mineral minerals mines mining minister ministers ministries ministry mobile mobility models modern
    money monsoon month monthly more moreover mortgages most mostly motor mountain mountains movement movies much murder music must my national
    nations natural naval navies nearly needs negotiations neighbouring neighbours neither networks never nevertheless new news next nickel
    night nine no nobody noise nominal none nonetheless nor normal normally north not note nothing now nuclear number numbers nurses observers
    oceans of off offer offers office officers offices officials oil oils old on once one onions only open operations operators opinion opinions
    opposition options or order orders ordinary ore origin other others otherwise our out output outside over overall own owners oxygen packages
    pain palm paper papers parents parliament part particularly parties partners partnership parts passenger passengers passports past patents
    patients pattern patterns pay payments peace peak pensions people per perhaps permits petrol petroleum phones photos physical pilots
    pipelines plans plants plastic players pledges point police policies policy political polls pollution pools poor population populations
    ports positioned positive possible post post-war potential poverty power practice precipitation present president press pressure previous
    price prices prime priorities prisoners private prizes probably problems procedures proceeds product production productivity products profit
    profits programme programmes programs progress project projects prominent promise promises property proposals protection protests provides
    provinces public purchases quality quantum quarterly questions quick quotas radio rail railway railways rain rainfall rare rates rather
    ratings raw read readers real real-time recent recently reciprocal record refineries reforms refugees regional regular related relations
    religion remarkably renewable rents repairs repeat reporters reports research researchers residents resistance resources result results
    retail retailers returns revenue revenues rhetoric rice right rights rising risks river rivers road roads robots rubber rules rumours runs
    rupee rural safety salaries sales salt same sanctions sand satellites savings scale schools science scientists sea seats second sectors
    security see seeds selected sellers semiconductor senior sentiment separately servers service services set settlement settlements seven
    several share shared shares she sheep ship shipments shipping ships shops short shortages should sides significance significantly signing
    signs silk silver similarly simply since sites six sixty skilled skills slow small smoke snow so social soft software soil solar soldiers
    solutions some something sometimes soon sources south soybeans space speakers speaking special speech speed spending sports spot stability
    staff stages standard standards start start-ups startups state statements states stations stay steel still stock stocks stone stores storms
    strategic strengthening strikes strong structures students studies subsequently subsidies success such sugar summit suppliers supplies
    supply support supported surely surplus surveys sustainable symbolic systems take talent talks target targets tariffs tax taxes taxpayers
    tea teachers team teams technical technology telecoms temperature temperatures temples ten tensions terms territory terror terrorism testing
    tests textiles texts than thanks that the theft their them themes then there therefore these they third thirty this those though thousands
    three through throughout thus ticket tickets tight timber time times to tobacco today together tomorrow ton tonnes too tools top topics
    total tour tourism tourists towards towns toys track tractors trade trading traditional traffic training trains transactions transfer
    transport travel treaties trees trends trials trillion trips troops trucks trust tunnels turnout turnover twelve twenty twice two under
    unemployment unions units university unlike until up upcoming updates urban us use users using usually utilities vaccines value various
    vegetables vehicles vendors ventures very via victims victory video viewers village villages violence visas vision visitors visits volumes
    volunteers voters votes voting wages walls war warnings wars waste water way we wealth weapons weather week weekly welcome well wells west
    what whatever wheat when whenever where whereas whether which while white who whoever whole whose why wide will wind winds wine wins winters
    with within without women wood wool words work workers workforce working world would writers year years yesterday yet yields you young your
    youth zero zones""".split()
)  # fmt: skip

# Of those, the ones that begin a name where a word with a capital follows: "Air India", "South Korea", "Trade Minister Goyal".
HEADS = frozenset(
    """air bank big cape capital central chief city coal colonel defence east eastern finance foreign general global grain great green high home
    house international iron joint lake land law little middle national natural naval new north northern oil people police port power queen rail
    railway red rice river road royal sea south southern state steel supreme trade union united water west western white wide wild world minister
    ministry parliament president prime supply""".split()
)  # fmt: skip

# Small words within names.
SMALL = frozenset("es of for on de la le van von bin al del da di du".split())

# Those that may follow each other, in names of people.
PARTICLES = frozenset("es de la le van von bin al del da di du der den".split())

# Words without which no sentence goes.
FUNCTION = frozenset(
    """a an the and or but nor so yet if in on at by to of for from with without within into onto over under above below between among about
    as than that this these those it its he she they we i you his her their our your my who whose which what when where while how why is are was
    were be been being has have had do does did will would shall should can could may might must not no also all both each every many most some
    any such there here then thus however furthermore moreover meanwhile although though because since until after before during upon via per
    several other another same new""".split()
)  # fmt: skip

# Before a name, no part of it.
TITLES = frozenset("Mr Mrs Ms Dr Prof Sir Shri Smt Messrs".split())

# Written with a capital, and dates.
CALENDAR = frozenset(
    """january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday spring summer autumn winter i""".split()
)  # fmt: skip

# Written with a capital, and names only together with more.
DEMONYMS = frozenset(
    """african american argentine asian australian austrian bangladeshi belgian brazilian british canadian chilean chinese colombian danish dutch
    egyptian english european filipino finnish french german greek hungarian indian indonesian iranian iraqi irish israeli italian japanese
    kenyan korean malaysian mexican nepalese nepali nigerian norwegian pakistani philippine polish portuguese russian saudi scottish singaporean
    spanish swedish swiss taiwanese thai tibetan turkish ukrainian vietnamese western eastern northern southern indians americans australians
    russians germans europeans koreans asians canadians italians buddhist hindu muslim christian sanskrit hindi tamil latin indo-japanese
    hindus buddhists muslims christians""".split()
)  # fmt: skip
