provider "groq" {
  proxy = "ftp://user:canary-password@host"
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
