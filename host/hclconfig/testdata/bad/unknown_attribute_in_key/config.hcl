provider "groq" {
  key "main" {
    valeu = "sk-canary-0123456789abcdef"
  }
  model "fast" {}

}
