# Configuration of aio, written by: aio init
#
# Keys stay out of this file: env("NAME") reads a variable, or a .env file with --env-file .env.
# A key whose variable is not set is simply not used: one is enough to begin. aio config check looks for
# mistakes in this file, aio doctor tries the keys and models in it.
#
# Limits are those of the free plans: look into your consoles for yours. They are counted by account or
# organisation; to keys of the same one give the same  account = "name"  and they rest together. More keys are
# not a way around free limits: OpenRouter and NVIDIA say so in their terms.

auto = true # a request that names no model goes to the best one that works

plugins {
  dir = "bin/plugins" # relative paths start at the folder of this file
}
