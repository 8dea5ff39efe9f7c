provider "groq" {
  key "a" { value = env("KEY") }
  model "k" {}
  modl "old" { value = "sk-canary-0123456789abcdef" }
}
