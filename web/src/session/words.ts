/**
 * The words of readable session IDs: three lists of 128, so three words carry 21 bits. Short,
 * friendly, easy to say on the phone, and no word has an obvious double meaning.
 */

const list = (words: string): readonly string[] => words.trim().split(/\s+/);

export const ADJECTIVES = list(`
  able agile airy amber ample apt arctic azure bold brave breezy brief bright brisk broad bronze
  calm candid cedar chief civic clean clear clever coastal cosmic cozy crisp curious daring dawn deft
  eager early earnest easy elegant equal fair famous fancy fast fine firm fleet fluent fond frank
  free fresh gentle gifted glad golden good grand green handy happy hardy hearty honest humble ideal
  indigo ivory jolly jovial keen kind large level light lively local loyal lucid lucky lunar major
  mellow merry mighty mild modest neat nimble noble novel open orange patient plain polar polite proud
  quick quiet rapid ready regal robust rosy royal rustic sage secure serene sharp silent silver simple
  sleek smart smooth snug solar solid steady stellar sturdy subtle sunny swift tidy trusty vivid warm
`);

export const COLOURS_AND_MATERIALS = list(`
  acorn agate alder almond amethyst apple apricot ash aspen aqua bamboo basalt basil bay beech beryl
  birch blossom brass brick cacao canvas caramel cherry chestnut cinder citrus clay clover cobalt cocoa
  copper coral cork cotton cream crimson crystal cypress denim ebony elder elm ember fern fig flax
  flint garnet ginger glass granite grape hazel heather holly honey indigo iris iron ivy jade jasmine
  jasper juniper khaki larch laurel lava lavender lemon lilac lime linden linen lotus magenta mango
  maple marble maroon mauve mint mocha moss mulberry navy nectar nickel nutmeg oak oat olive
  onyx opal orchid palm paper pear pearl pecan pepper petal pewter pine plum poppy quartz quince
  raisin reed ruby rye saffron sage sand sapphire satin scarlet sequoia silk slate spruce teal walnut
  wheat willow yarrow
`);

export const ANIMALS = list(`
  alpaca ant antler badger bat bear beaver bee bison bobcat buffalo bunny camel canary caribou cat
  cheetah chipmunk cobra cod condor coyote crab crane cricket crow cub deer dingo dolphin donkey dove
  dragon duck eagle egret elk emu falcon fawn ferret finch fish flamingo fox frog gazelle gecko
  gibbon giraffe goat goose gopher gull hare hawk hedgehog heron hippo hornet horse husky ibex ibis
  iguana jackal jaguar jay kiwi koala lark lemur leopard lion lizard llama lobster lynx magpie manatee
  marmot marten meerkat mole moose moth mouse narwhal newt ocelot octopus oriole osprey otter owl
  panda panther parrot pelican penguin pigeon pony puffin puma quail rabbit raccoon raven robin salmon
  seal shark sheep sparrow squid stork swan tapir tiger toad toucan trout turtle viper walrus wolf wombat zebra
`);
