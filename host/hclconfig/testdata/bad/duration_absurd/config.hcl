provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
timeouts {
  total = "9000h"
}
