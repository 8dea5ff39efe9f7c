provider "groq" {
  model "fast" {}

}
