provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
account "a" {
  reset {
    tz = "America/Los_Angelos"
  }
}
