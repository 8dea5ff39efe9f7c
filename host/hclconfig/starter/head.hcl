# Configuration of aio, written by: aio init
#
# Keys stay out of this file: env("NAME") reads a variable, or a .env file with --env-file .env.
# A key whose variable is not set is simply not used. Check this file with: aio config check

auto = true # a request that names no model goes to the best one that works

plugins {
  dir = "bin/plugins" # relative paths start at the folder of this file
}
